/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mutex that a subsystem holds around a method is taken in it. */
#include <linux/netdevice.h>

static void change(void)
{
	rtnl_lock();
	rtnl_unlock();
}

static int start(struct net_device *dev)
{
	change();
	return 0;
}

int other(void)
{
	change();
	return 0;
}

static const struct net_device_ops ops = { .ndo_open = start };
