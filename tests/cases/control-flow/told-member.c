/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The member may be otherwise: stored on one way only, stored again in between, or tested the other way round. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(names);
static DEFINE_SPINLOCK(others);

enum { NET = 2, FILE_ = 3 };
struct audit { int flags; int type; };

static void dump(struct audit *a)
{
	switch (a->type) {
	case NET:
		break;
	case FILE_:
		spin_lock(&names);
		spin_unlock(&names);
		break;
	}
}

static void report(struct audit *a)
{
	struct audit none;

	if (!a) {
		a = &none;
		a->type = NET;
	}
	dump(a);
}

struct hub { spinlock_t lock; int stopped; };
static struct hub hub = { .lock = __SPIN_LOCK_UNLOCKED(hub.lock) };

static void resume(struct hub *h)
{
	int was_stopped = h->stopped;

	h->stopped = 0;
	if (!was_stopped) {
		spin_lock(&others);
		spin_unlock(&others);
	}
}

static irqreturn_t handler(int irq, void *data)
{
	struct hub *h = data;
	struct audit a;

	a.flags = 0;
	if (irq)
		a.type = NET;
	report(&a);
	if (h->stopped) {
		spin_lock(&h->lock);
		h->stopped = 0;
		resume(h);
		spin_unlock(&h->lock);
	}
	return IRQ_HANDLED;
}

SYSCALL_DEFINE0(one)
{
	struct audit a;

	a.type = FILE_;
	report(&a);
	resume(&hub);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, handler, 0, "case", &hub);
}
module_init(setup);
