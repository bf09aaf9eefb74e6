import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.time.zone.ZoneRulesProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes expected.txt: which instant a nominal local time means, in every zone, on the days around each change of its
 * clocks from 2025 to 2035, for each quarter of an hour, as java.time.ZonedDateTime has it.
 *
 * <p>java Expected.java > expected.txt
 *
 * <p>Zones that say the same share a block, which begins with "= " and their names, and ends with what holds before the
 * first change: "@ 60", in minutes east of UTC. A line tells of one change: the second at which it happens, the offsets
 * before and after it, and three days, each with its runs. "0200>60g" reads: from two o'clock on, a local time means the
 * instant 60 minutes earlier in UTC, and lies in a gap of the clocks; "f" stands for a fold, where it happens twice.
 */
public final class Expected {
    private static final Instant FROM = Instant.parse("2025-01-01T00:00:00Z");
    private static final Instant TO = Instant.parse("2036-01-01T00:00:00Z");
    private static final int STEP = 15;

    public static void main(String[] arguments) {
        Map<String, TreeSet<String>> sharing = new TreeMap<>();
        for (String name : ZoneId.getAvailableZoneIds()) {
            if ((name.contains("/") && !name.startsWith("SystemV/")) || name.equals("UTC")) {
                sharing.computeIfAbsent(said(ZoneId.of(name)), ignored -> new TreeSet<>()).add(name);
            }
        }
        System.out.println("# Made by Expected.java, which says how to read it, with Java " + Runtime.version());
        System.out.println("# and version " + ZoneRulesProvider.getVersions("Europe/Berlin").lastKey() + " of the time zone data.");
        Map<String, String> sorted = new TreeMap<>();
        sharing.forEach((said, names) -> sorted.put(String.join(" ", names), said));
        sorted.forEach((names, said) -> System.out.print("= " + names + "\n" + said));
    }

    private static String said(ZoneId zone) {
        ZoneRules rules = zone.getRules();
        StringBuilder said = new StringBuilder("@ " + minutes(rules.getOffset(FROM)) + "\n");
        Instant seen = FROM;
        while (true) {
            ZoneOffsetTransition change = rules.nextTransition(seen);
            if (change == null || !change.getInstant().isBefore(TO)) {
                return said.toString();
            }
            seen = change.getInstant();
            said.append(seen.getEpochSecond()).append(' ').append(minutes(change.getOffsetBefore()));
            said.append(' ').append(minutes(change.getOffsetAfter()));
            LocalDate day = change.getDateTimeBefore().toLocalDate();
            for (int around = -1; around <= 1; around++) {
                said.append(' ').append(day.plusDays(around)).append(runs(day.plusDays(around), zone));
            }
            said.append('\n');
        }
    }

    private static String runs(LocalDate day, ZoneId zone) {
        List<String> runs = new ArrayList<>();
        String before = "";
        for (int minute = 0; minute < 24 * 60; minute += STEP) {
            LocalDateTime local = LocalDateTime.of(day, LocalTime.ofSecondOfDay(minute * 60L));
            Instant instant = ZonedDateTime.of(local, zone).toInstant();
            long behind = (local.toEpochSecond(ZoneOffset.UTC) - instant.getEpochSecond()) / 60;
            int ways = zone.getRules().getValidOffsets(local).size();
            String run = behind + (ways == 0 ? "g" : ways == 2 ? "f" : "");
            if (!run.equals(before)) {
                runs.add(String.format(" %02d%02d>%s", minute / 60, minute % 60, run));
                before = run;
            }
        }
        return String.join("", runs);
    }

    private static int minutes(ZoneOffset offset) {
        return offset.getTotalSeconds() / 60;
    }
}
