/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUB_NETDEVICE_H
#define STUB_NETDEVICE_H

#include <linux/kernel.h>

struct net_device { int ifindex; };
struct net_device_ops {
	int (*ndo_open)(struct net_device *dev);
	int (*ndo_stop)(struct net_device *dev);
};
void rtnl_lock(void);
void rtnl_unlock(void);
struct napi_struct {
	int (*poll)(struct napi_struct *, int);
	int weight;
};
void netif_napi_add_weight(struct net_device *dev, struct napi_struct *napi,
			   int (*poll)(struct napi_struct *, int), int weight);
static inline void netif_napi_add(struct net_device *dev, struct napi_struct *napi,
				  int (*poll)(struct napi_struct *, int))
{
	netif_napi_add_weight(dev, napi, poll, 64);
}

#endif
