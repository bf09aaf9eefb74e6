"""Read by gunicorn when it starts in this folder, in the demo and in a real installation."""

logger_class = "mentoring.web_server.RequestLog"
control_socket_disable = True
