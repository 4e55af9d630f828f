/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A timer's function is registered by its name, and a pointer of a table that holds it may mean it, too. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>
#include <linux/timer.h>

struct probe {
	void (*fn)(struct timer_list *t);
	struct timer_list timer;
};

static DEFINE_SPINLOCK(state);
static struct timer_list refresh;

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

void setup(void)
{
	timer_setup(&refresh, update, 0);
}

SYSCALL_DEFINE0(stop)
{
	spin_lock(&state);
	spin_unlock(&state);
	return 0;
}
