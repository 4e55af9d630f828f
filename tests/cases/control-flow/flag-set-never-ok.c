/* SPDX-License-Identifier: GPL-2.0-or-later */
/* More paths than are told apart: that no caller of this kind sets the flag is known all the same. */
#include <linux/init.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

#define F_COPY 1
#define F_MAP 2

static DEFINE_SPINLOCK(queue_lock);
static DEFINE_MUTEX(map_lock);

struct item { int a, b, c, d, e, f, g; };

int prepare(int what);
int finish(int what);

static void send(struct item *x, int flags, int len)
{
	int a = 8;
	int b = 8;
	int c = 8;
	int d = 8;
	int e = 8;
	int f = 8;
	int g = 8;
	bool map = false;

	if ((flags & F_MAP) && len)
		map = true;
	if (x->a)
		a = 1;
	if (x->b)
		b = 2;
	if (x->c)
		c = 3;
	if (x->d)
		d = 4;
	if (x->e)
		e = 5;
	if (x->f)
		f = 6;
	if (x->g)
		g = 7;
	while (len > 0) {
		if (!map)
			prepare(len);
		else
			mutex_lock(&map_lock), mutex_unlock(&map_lock);
		len--;
	}
	if (a == 8)
		finish(a);
	if (b == 8)
		finish(b);
	if (c == 8)
		finish(c);
	if (d == 8)
		finish(d);
	if (e == 8)
		finish(e);
	if (f == 8)
		finish(f);
	if (g == 8)
		finish(g);
}

static void enqueue(struct item *x, int len)
{
	spin_lock(&queue_lock);
	send(x, F_COPY, len);
	spin_unlock(&queue_lock);
}

extern struct item some;

static int __init setup(void)
{
	enqueue(&some, some.a);
	return 0;
}
module_init(setup);
