/* SPDX-License-Identifier: GPL-2.0-or-later */
/* security/selinux/hooks.c, 6.12: helpers fill the record on every way: of the network, and without a socket. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(names);
static DEFINE_SPINLOCK(paths);

enum { NONE, NET, PATH };
struct sock { int family; };
struct net { int netif; struct sock *sk; };
struct audit { int type; struct net *net; };

static void dump(struct audit *a)
{
	switch (a->type) {
	case NET:
		if (a->net->sk) {
			spin_lock(&names);
			spin_unlock(&names);
		}
		break;
	case PATH:
		spin_lock(&paths);
		spin_unlock(&paths);
		break;
	}
}

static void report(int what, struct audit *a)
{
	dump(a);
}

static void start(struct audit *a, struct net *n, int netif, struct sock *sk)
{
	a->type = NET;
	a->net = n;
	n->netif = netif;
	n->sk = sk;
}

static void start_forwarded(struct audit *a, struct net *n, int netif)
{
	start(a, n, netif, NULL);
}

static irqreturn_t handler(int irq, void *data)
{
	struct net net;
	struct audit a;

	start_forwarded(&a, &net, irq);
	report(1, &a);
	return IRQ_HANDLED;
}

SYSCALL_DEFINE1(one, struct sock *, sk)
{
	struct net net;
	struct audit a;

	start(&a, &net, 0, sk);
	report(1, &a);
	a.type = PATH;
	report(1, &a);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, handler, 0, "case", NULL);
}
module_init(setup);
