/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Only on one way is the thing used afterwards: on the other its last reference may be gone. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(s);
static DEFINE_MUTEX(m);

typedef struct { int refs; } refcount_t;
bool refcount_dec_and_test(refcount_t *r);

struct part { refcount_t refs; };
struct thing { int uses; struct part part; };
struct thing *find_thing(int n);

static void put_part(struct part *part)
{
	if (refcount_dec_and_test(&part->refs)) {
		mutex_lock(&m);
		mutex_unlock(&m);
	}
}

static void detach(struct thing *t)
{
	put_part(&t->part);
}

SYSCALL_DEFINE1(one, int, n)
{
	struct thing *t = find_thing(n);

	spin_lock(&s);
	detach(t);
	if (n)
		t->uses++;
	spin_unlock(&s);
	return 0;
}
