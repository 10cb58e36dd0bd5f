"""gunicorn as every site of the bench is served: two sync workers, nothing else."""

import os

bind = f"127.0.0.1:{os.environ['BENCH_PORT']}"
workers = 2
worker_class = "sync"
timeout = 60
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
accesslog = None
loglevel = "warning"
