#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# grid.sh DIR: writes cases with their expectations, one for each combination of lock modes,
# irq kind and way of protecting, in the manner of the kernel's own lockdep self-test.  The verdict
# is worked out here, from the rules in Documentation/locking/lockdep-design.rst.
set -eu
out=$1
n=0

op() { [ "$1" = W ] && echo write || echo read; }

# put DIR/NAME FUNCTION...: the functions in an order that changes from case to case; lines do not matter.
begin()
{
	mkdir -p "$(dirname "$1")"
	printf '%s\n' '#include <linux/init.h>' '#include <linux/interrupt.h>' '#include <linux/spinlock.h>' \
		'#include <linux/syscalls.h>' '#include <linux/timer.h>' 'static DEFINE_RWLOCK(a);' 'static DEFINE_RWLOCK(b);' >"$1.c"
}

order()
{
	case $((n % 6)) in
	0) printf '%s\n%s\n%s\n' "$1" "$2" "$3" ;;
	1) printf '%s\n%s\n%s\n' "$2" "$1" "$3" ;;
	2) printf '%s\n%s\n%s\n' "$3" "$1" "$2" ;;
	3) printf '%s\n%s\n%s\n' "$1" "$3" "$2" ;;
	4) printf '%s\n%s\n%s\n' "$2" "$3" "$1" ;;
	5) printf '%s\n%s\n%s\n' "$3" "$2" "$1" ;;
	esac
	n=$((n + 1))
}

handler()	# handler KIND BODY
{
	if [ "$1" = hard ]; then
		echo "static irqreturn_t on_irq(int irq, void *d) { $2 return IRQ_HANDLED; }"
	else
		echo "static void on_timer(struct timer_list *t) { $2 }"
	fi
}

register()
{
	if [ "$1" = hard ]; then
		echo 'static int __init setup(void) { return request_irq(1, on_irq, 0, "t", NULL); }'
	else
		echo 'static DEFINE_TIMER(timer, on_timer);'
		echo 'static int __init setup(void) { return mod_timer(&timer, 1); }'
	fi
	echo 'module_init(setup);'
}

# chars WIN WON RIN RON: two of the four usage characters
chars()
{
	local in on s=
	for p in "$1$2" "$3$4"; do
		in=${p%?} on=${p#?}
		case $in$on in 11) s=$s? ;; 10) s=$s- ;; 01) s=$s+ ;; *) s=$s. ;; esac
	done
	printf %s "$s"
}

is() { [ "$1" = "$2" ] && echo 1 || echo 0; }

# a in the handler with mode $2; a then b with $3 and $4 in a system call that disables $5; b with $6 plainly.
inversion()
{
	local kind=$1 in=$2 outer=$3 inner=$4 dis=$5 plain=$6 c dep bad=1 r=r
	c=$out/inversion/$kind-$dis-$in-$outer$inner-$plain
	begin "$c"
	{
		order "$(handler "$kind" "$(op "$in")_lock(&a); $(op "$in")_unlock(&a);")" \
			"SYSCALL_DEFINE0(nest) { $(op "$outer")_lock_$dis(&a); $(op "$inner")_lock(&b); $(op "$inner")_unlock(&b); $(op "$outer")_unlock_$dis(&a); return 0; }" \
			"SYSCALL_DEFINE0(plain) { $(op "$plain")_lock(&b); $(op "$plain")_unlock(&b); return 0; }"
		register "$kind"
	} >>"$c.c"
	# read_lock() with bottom halves off is recursive: read_lock_is_recursive(), in_interrupt()
	[ "$dis" = irq ] || r=R
	dep=$([ "$outer" = W ] && echo E || echo S)$([ "$inner$r" = RR ] && echo R || echo N)
	# a reader in the handler waits for writers only; a reader that is interrupted stops those only who wait for it
	[ "$in" = W ] || [ "${dep%?}" = E ] || bad=0
	[ "$plain" = W ] || [ "${dep#?}" = N ] || bad=0
	{
		local aw=0 ar=0 bw=0 br=0	# taken with hardirqs on
		if [ "$kind" = soft ]; then
			[ "$in" = W ] && aw=1 || ar=1
		fi
		if [ "$dis" = bh ]; then
			[ "$outer" = W ] && aw=1 || ar=1
			[ "$inner" = W ] && bw=1 || br=1
		fi
		[ "$plain" = W ] && bw=1 || br=1
		local hw=0 hr=0 sw=0 sr=0
		case $kind$in in hardW) hw=1 ;; hardR) hr=1 ;; softW) sw=1 ;; softR) sr=1 ;; esac
		echo "usage a $(chars $hw $aw $hr $ar)$(chars $sw 0 $sr 0)"
		echo "usage b $(chars 0 $bw 0 $br)$(chars 0 "$(is "$plain" W)" 0 "$(is "$plain" R)")"
		echo "dep a -> b $dep"
		if [ $bad = 1 ]; then
			K=$([ "$kind" = hard ] && echo HARDIRQ || echo SOFTIRQ)
			echo "finding irq-inversion high a -> b"
			{
				echo "  $K-ON-$plain __x64_sys_plain *"
				echo "  IN-$K-$in *"
				echo "  dependency __x64_sys_nest *"
			} | LC_ALL=C sort
			echo "1 finding"
		else
			echo "0 findings"
		fi
	} >"$c.expect"
}

# a then b, b then a, in two system calls (r) or in two interrupt handlers (R).
circle()
{
	local where=$1 m1=$2 m2=$3 m3=$4 m4=$5 c d1 d2 bad=1 r
	c=$out/circle/$where-$m1$m2-$m3$m4
	begin "$c"
	local one two
	one="$(op "$m1")_lock(&a); $(op "$m2")_lock(&b); $(op "$m2")_unlock(&b); $(op "$m1")_unlock(&a);"
	two="$(op "$m3")_lock(&b); $(op "$m4")_lock(&a); $(op "$m4")_unlock(&a); $(op "$m3")_unlock(&b);"
	{
		if [ "$where" = task ]; then
			order "SYSCALL_DEFINE0(one) { $one return 0; }" "SYSCALL_DEFINE0(two) { $two return 0; }" ''
			r=r
		else
			order "static irqreturn_t one(int irq, void *d) { $one return IRQ_HANDLED; }" \
				"static irqreturn_t two(int irq, void *d) { $two return IRQ_HANDLED; }" ''
			echo 'static int __init setup(void) { return request_irq(1, one, 0, "one", NULL) + request_irq(2, two, 0, "two", NULL); }'
			echo 'module_init(setup);'
			r=R
		fi
	} >>"$c.c"
	d1=$([ "$m1" = W ] && echo E || echo S)$([ "$m2$r" = RR ] && echo R || echo N)
	d2=$([ "$m3" = W ] && echo E || echo S)$([ "$m4$r" = RR ] && echo R || echo N)
	# strong: never -(xR)-> followed by -(Sx)->, all the way round
	case "${d1#?}${d2%?} ${d2#?}${d1%?}" in *RS*) bad=0 ;; esac
	{
		local x=$m1$m4 y=$m2$m3 w s
		for p in "a $x" "b $y"; do
			w=0 s=0
			case ${p#? } in *W*) w=1 ;; esac
			case ${p#? } in *R*) s=1 ;; esac
			if [ "$where" = task ]; then
				echo "usage ${p% *} $(chars 0 $w 0 $s)$(chars 0 $w 0 $s)"
			else
				echo "usage ${p% *} $(chars $w 0 $s 0).."
			fi
		done
		echo "dep a -> b $d1"
		echo "dep b -> a $d2"
		if [ $bad = 1 ]; then
			echo "finding circular high a -> b"
			echo "  dependency *one *"
			echo "  dependency *two *"
			echo "1 finding"
		else
			echo "0 findings"
		fi
	} >"$c.expect"
}

modes='W R'
for i in $modes; do for j in $modes; do for k in $modes; do for l in $modes; do
	inversion hard "$i" "$j" "$k" irq "$l"
	inversion soft "$i" "$j" "$k" irq "$l"
	inversion soft "$i" "$j" "$k" bh "$l"
	circle task "$i" "$j" "$k" "$l"
	circle irq "$i" "$j" "$k" "$l"
done; done; done; done
