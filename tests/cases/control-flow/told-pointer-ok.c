/* SPDX-License-Identifier: GPL-2.0-or-later */
/* security/selinux/hooks.c: no socket is known of a packet that is forwarded: a member that only the initialiser has set. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(names);

struct sock { int family; };
struct net { int netif; struct sock *sk; };
struct audit { int type; struct net *net; };

static void dump(struct audit *a)
{
	if (a->net->sk) {
		spin_lock(&names);
		spin_unlock(&names);
	}
}

static void report(int what, struct audit *a)
{
	dump(a);
}

static irqreturn_t handler(int irq, void *data)
{
	struct net net = { 0, };
	struct audit a;

	a.net = &net;
	net.netif = irq;
	report(1, &a);
	return IRQ_HANDLED;
}

SYSCALL_DEFINE1(one, struct sock *, sk)
{
	struct net net = { 0, };
	struct audit a;

	a.net = &net;
	net.sk = sk;
	report(1, &a);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, handler, 0, "case", NULL);
}
module_init(setup);
