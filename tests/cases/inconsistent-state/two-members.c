/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The twin: two members may come together by chance, and how much there is, or what bytes came from a device, is no member that anybody
 * has set: the tasklet will take the lock some day.
 */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>

struct req { int own, large; unsigned long from, to; unsigned char *answer; };

static DEFINE_SPINLOCK(s);
static struct tasklet_struct t;

static void unmap(struct req *r)
{
	if (!r->own)
		return;
	if (!r->large)
		return;
	if (r->from < r->to || r->answer[2] == 5)
		return;
	spin_lock(&s);
	spin_unlock(&s);
}

extern struct req *next_req(void);

static void done(unsigned long data)
{
	unmap(next_req());
}

static int show(void)
{
	spin_lock(&s);
	spin_unlock(&s);
	return 0;
}

static int __init setup(void)
{
	tasklet_init(&t, done, 0);
	return show();
}
module_init(setup);
