/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The quiet twin: a ninth flag decides a lock, so its two tests are one, though which way the others went is forgotten. */
#include <linux/mutex.h>
#include <linux/syscalls.h>

struct request { int flags, m[9]; };
static DEFINE_MUTEX(a);
static DEFINE_MUTEX(b);

static void fill(struct request *r, int f1, int f2, int f3, int f4, int f5, int f6, int f7, int f8, int locked)
{
	int len = 0;

	if (locked)
		mutex_lock(&b);
	if (f1)
		len += 1;
	if (f2)
		len += 2;
	if (f3)
		len += 3;
	if (f4)
		len += 4;
	if (f5)
		len += 5;
	if (f6)
		len += 6;
	if (f7)
		len += 7;
	if (f8)
		len += 8;
	if (f1)
		r->m[1] = len;
	if (f2)
		r->m[2] = len;
	if (f3)
		r->m[3] = len;
	if (f4)
		r->m[4] = len;
	if (f5)
		r->m[5] = len;
	if (f6)
		r->m[6] = len;
	if (f7)
		r->m[7] = len;
	if (f8)
		r->m[8] = len;
	if (locked)
		mutex_unlock(&b);
	mutex_lock(&a);
	mutex_unlock(&a);
}

static void nest(void)
{
	mutex_lock(&a);
	mutex_lock(&b);
	mutex_unlock(&b);
	mutex_unlock(&a);
}

SYSCALL_DEFINE1(use, struct request *, r)
{
	fill(r, r->flags & 1, r->flags & 2, r->flags & 4, r->flags & 8, r->flags & 16, r->flags & 32, r->flags & 64, r->flags & 128, r->flags & 256);
	nest();
	return 0;
}
