/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NAPI poll: softirq. */
#include <linux/init.h>
#include <linux/netdevice.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

static int poll(struct napi_struct *n, int budget)
{
	spin_lock(&a);
	spin_unlock(&a);
	return 0;
}
static struct napi_struct napi;
static struct net_device dev;

SYSCALL_DEFINE0(plain)
{
	spin_lock(&a);
	spin_unlock(&a);
	return 0;
}

static int __init setup(void)
{
	netif_napi_add(&dev, &napi, poll);
	return 0;
}
module_init(setup);
