/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pool.c - worker processes.
 *
 * A worker is forked with the plan in its memory; it reads the index of a TU (4 bytes) from
 * one pipe and writes the answer (8 bytes of length, then wire.c's bytes) to another.  One
 * that dies or takes too long costs its TU, never the run: another takes its place.
 *
 * States of a worker: free (pid 0) -> idle -> busy -> idle ..., and -> free when it ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "scan_int.h"

/* A worker ends after so many TUs, or with so much memory: what libclang keeps goes back to the system. */
#define MAX_TUS 1000
#define MAX_MIB 1024
#define KEPT (512 << 20)        /* bytes that a worker does not give back between two TUs */

struct worker {
	pid_t pid;              /* 0: none */
	int to, from;           /* pipes */
	long task;              /* index of the TU it works on; -1: idle */
	unsigned done;
	gint64 since;           /* when the task was given, microseconds */
	GByteArray *in;         /* what came of its answer so far */
	bool killed;            /* for taking too long */
};

struct pool {
	const struct sd_plan *plan;
	const GPtrArray *cmds;
	const struct sd_pool_opts *o;
	const struct sd_pool_calls *calls;
	struct worker *w;
	unsigned n;
	guint next, finished;   /* TUs given out; TUs answered */
};

/* ---------------------------------------------------------------- Ctrl-C */

static volatile sig_atomic_t interrupted;

static void on_signal(int sig)
{
	(void)sig;
	interrupted = 1;
}

void sd_interrupt_catch(void)
{
	struct sigaction sa = { .sa_handler = on_signal };      /* no SA_RESTART: waiting ends */

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);                          /* a dead worker is noticed by its exit */
}

bool sd_interrupted(void)
{
	return interrupted;
}

/* ---------------------------------------------------------------- in the worker */

static bool read_all(int fd, void *data, size_t len)
{
	char *p = data;

	while (len) {
		ssize_t n = read(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

static bool write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

static void worker_main(const struct pool *p, int from, int to) __attribute__((noreturn));

static void worker_main(const struct pool *p, int from, int to)
{
	GByteArray *out = g_byte_array_new();
	uint32_t task;
	int null;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGINT, SIG_IGN);        /* the parent ends us */
	signal(SIGTERM, SIG_DFL);
	null = open("/dev/null", O_RDWR);
	dup2(null, 0);
	mallopt(M_ARENA_MAX, 1);        /* each TU takes and gives back the same tens of megabytes: keep them */
	mallopt(M_TRIM_THRESHOLD, KEPT);
	mallopt(M_MMAP_THRESHOLD, KEPT / 16);
	if (!p->o->verbose)
		dup2(null, 2);          /* libclang's cries: the row in the database says what happened */
	while (read_all(from, &task, sizeof(task)) && task < p->cmds->len) {
		uint64_t len;

		g_byte_array_set_size(out, sizeof(len));
		sd_work_tu(p->plan, g_ptr_array_index(p->cmds, task), out);
		len = out->len - sizeof(len);
		memcpy(out->data, &len, sizeof(len));
		if (!write_all(to, out->data, out->len))
			break;
	}
	_exit(0);
}

/* ---------------------------------------------------------------- in the parent */

static void close_others(const struct pool *p)
{
	for (unsigned i = 0; i < p->n; i++)
		if (p->w[i].pid) {
			close(p->w[i].to);
			close(p->w[i].from);
		}
}

static void start(struct pool *p, struct worker *w)
{
	int to[2], from[2];
	pid_t pid;

	if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
		sd_die("cannot make a pipe: %s", g_strerror(errno));
	pid = fork();
	if (pid < 0)
		sd_die("cannot start a worker: %s", g_strerror(errno));
	if (pid == 0) {
		close_others(p);
		close(to[1]);
		close(from[0]);
		worker_main(p, to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	*w = (struct worker) { .pid = pid, .to = to[1], .from = from[0], .task = -1, .in = g_byte_array_new() };
}

/* Waits for the end of @w; its status.  @force: do not wait for it to end by itself. */
static int stop(struct worker *w, bool force)
{
	int status = 0;

	close(w->to);
	if (force)
		kill(w->pid, SIGKILL);
	while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
		;
	close(w->from);
	g_byte_array_free(w->in, TRUE);
	memset(w, 0, sizeof(*w));
	return status;
}

static unsigned mebibytes(pid_t pid)
{
	char path[40];
	unsigned long size, resident = 0;
	FILE *f;

	g_snprintf(path, sizeof(path), "/proc/%d/statm", (int)pid);
	f = fopen(path, "re");
	if (f) {
		if (fscanf(f, "%lu %lu", &size, &resident) != 2)
			resident = 0;
		fclose(f);
	}
	return (unsigned)(resident * (unsigned long)sysconf(_SC_PAGESIZE) >> 20);
}

static void recycle(const struct pool *p, struct worker *w)
{
	unsigned memory = mebibytes(w->pid);

	if (w->done < MAX_TUS && memory < MAX_MIB)
		return;
	if (p->o->verbose)
		sd_warn("a worker ends after %u TUs with %u MiB", w->done, memory);
	stop(w, false);
}

/* Answers for TUs that need not be tried. */
static int pass_over(struct pool *p)
{
	const struct sd_command *c;
	const char *why;
	int rc = 0;

	while (rc == 0 && p->next < p->cmds->len) {
		c = g_ptr_array_index(p->cmds, p->next);
		why = p->calls->unfit(p->calls->arg, c);
		if (!why)
			break;
		p->next++;
		p->finished++;
		rc = p->calls->done(p->calls->arg, c, &(struct sd_answer){ .reason = why, .pch = SD_PCH_UNFIT });
	}
	return rc;
}

/* Gives the next TU to @w, if there is one; a worker without work ends. */
static int give(struct pool *p, struct worker *w)
{
	int rc = pass_over(p);
	uint32_t task = p->next;

	if (rc || p->next == p->cmds->len)
		return rc;
	if (w->pid)
		recycle(p, w);
	if (!w->pid)
		start(p, w);
	w->task = task;
	w->since = g_get_monotonic_time();
	p->next++;
	write_all(w->to, &task, sizeof(task));  /* should it fail, its exit is seen next */
	return 0;
}

static int report(struct pool *p, struct worker *w, const struct sd_answer *a)
{
	const struct sd_command *c = g_ptr_array_index(p->cmds, (guint)w->task);

	p->finished++;
	w->task = -1;
	w->done++;
	return p->calls->done(p->calls->arg, c, a);
}

/* A worker that ended with a task: the task's answer is why. */
static int bury(struct pool *p, struct worker *w)
{
	bool late = w->killed, busy = w->task >= 0;
	const struct sd_command *c = busy ? g_ptr_array_index(p->cmds, (guint)w->task) : NULL;
	long task = w->task;
	double seconds = (double)(g_get_monotonic_time() - w->since) / 1e6;
	int status = stop(w, false);
	struct sd_answer a = { .seconds = seconds };
	char *why;
	int rc;

	w->task = task;
	if (!busy)
		return 0;
	if (late)
		why = g_strdup_printf("timed out after %u s", p->o->timeout);
	else if (WIFSIGNALED(status))
		why = g_strdup_printf("libclang crashed (signal %d)", WTERMSIG(status));
	else
		why = g_strdup_printf("libclang ended the process (status %d)", WEXITSTATUS(status));
	a.reason = why;
	if (c->pch && !c->again && !late)       /* it may have been the precompiled header's fault */
		a.pch = SD_PCH_UNFIT;
	rc = report(p, w, &a);
	w->done = 0;
	g_free(why);
	return rc;
}

/* The answer, when all of it is there. */
static int take_answer(struct pool *p, struct worker *w)
{
	struct sd_arena *arena;
	struct sd_answer a;
	uint64_t len;
	int rc;

	if (w->in->len < sizeof(len))
		return 0;
	memcpy(&len, w->in->data, sizeof(len));
	if (w->in->len - sizeof(len) < len)
		return 0;
	arena = sd_arena_new();
	if (!sd_answer_decode(w->in->data + sizeof(len), len, arena, &a))
		a = (struct sd_answer) { .reason = "the worker's answer is damaged" };
	rc = report(p, w, &a);
	sd_arena_free(arena);
	g_byte_array_set_size(w->in, 0);
	return rc ? rc : give(p, w);
}

static int receive(struct pool *p, struct worker *w)
{
	static uint8_t buf[1 << 16];    /* only the parent, one thread */
	ssize_t n = read(w->from, buf, sizeof(buf));
	int rc;

	if (n > 0) {
		g_byte_array_append(w->in, buf, (guint)n);
		return take_answer(p, w);
	}
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	rc = bury(p, w);
	return rc ? rc : give(p, w);
}

static void kill_late(struct pool *p)
{
	gint64 now = g_get_monotonic_time();

	for (unsigned i = 0; i < p->n; i++) {
		struct worker *w = &p->w[i];

		if (w->pid && w->task >= 0 && !w->killed && now - w->since > (gint64)p->o->timeout * 1000000) {
			w->killed = true;
			kill(w->pid, SIGKILL);
		}
	}
}

/* Waits up to half a second, then handles what came.  0, or what @done returned. */
static int step(struct pool *p)
{
	struct pollfd fds[p->n];
	int rc = 0;

	for (unsigned i = 0; i < p->n; i++)
		fds[i] = (struct pollfd) { .fd = p->w[i].pid ? p->w[i].from : -1, .events = POLLIN };
	if (poll(fds, p->n, 500) > 0)
		for (unsigned i = 0; i < p->n && rc == 0; i++)
			if (fds[i].revents)
				rc = receive(p, &p->w[i]);
	kill_late(p);
	p->calls->tick(p->calls->arg);
	return rc;
}

int sd_pool_run(const struct sd_plan *plan, const GPtrArray *cmds, const struct sd_pool_opts *o, const struct sd_pool_calls *calls)
{
	struct pool p = { .plan = plan, .cmds = cmds, .o = o, .calls = calls };
	int rc = 0;

	p.n = MAX(1u, MIN(o->jobs, cmds->len));
	p.w = g_new0(struct worker, p.n);
	for (unsigned i = 0; i < p.n && rc == 0; i++)
		rc = give(&p, &p.w[i]);
	while (rc == 0 && p.finished < cmds->len && !interrupted)
		rc = step(&p);
	for (unsigned i = 0; i < p.n; i++)
		if (p.w[i].pid)
			stop(&p.w[i], p.w[i].task >= 0);
	g_free(p.w);
	if (rc)
		return -1;
	return p.finished < cmds->len ? 130 : 0;
}
