/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The twin: both targets take it. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct card { spinlock_t lock; void (*write)(struct card *c); int n; };

static void write_plain(struct card *c)
{
	spin_lock(&c->lock);
	c->n--;
	spin_unlock(&c->lock);
}

static void write_locked(struct card *c)
{
	spin_lock(&c->lock);
	c->n++;
	spin_unlock(&c->lock);
}

extern struct card *card_of(int n);

SYSCALL_DEFINE1(start, int, n)
{
	struct card *c = card_of(n);

	spin_lock_init(&c->lock);
	c->write = n ? write_plain : write_locked;
	return 0;
}

static void flush(struct card *c)
{
	c->write(c);
}

SYSCALL_DEFINE1(use, int, n)
{
	struct card *c = card_of(n);

	spin_lock(&c->lock);
	flush(c);
	spin_unlock(&c->lock);
	return 0;
}
