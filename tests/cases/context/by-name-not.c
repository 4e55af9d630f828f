/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A timer's function that only a pointer of a table may mean: that is where it is registered. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>
#include <linux/timer.h>

struct probe {
	void (*fn)(struct timer_list *t);
	struct timer_list timer;
};

static DEFINE_SPINLOCK(state);

static void other(struct timer_list *t)
{
}

static void update(struct timer_list *t)
{
	spin_lock(&state);
	spin_unlock(&state);
}

static struct probe probes[] = { { .fn = other }, { .fn = update } };

void any(int i)
{
	timer_setup(&probes[i].timer, probes[i].fn, 0);
}

SYSCALL_DEFINE0(stop)
{
	spin_lock(&state);
	spin_unlock(&state);
	return 0;
}
