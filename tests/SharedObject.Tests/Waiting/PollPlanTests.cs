using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using SharedObjects.Waiting;

namespace SharedObjects.Tests.Waiting;

/// <summary>When to look for the values of writers that wake nobody. The time is made up: it is a plan, and nobody sleeps.</summary>
public sealed class PollPlanTests
{
    private const long Microsecond = 1_000, Millisecond = 1_000_000, Second = 1_000_000_000;

    [Theory]
    [InlineData(1 * Millisecond)]
    [InlineData(33 * Millisecond)]
    [InlineData(400 * Millisecond)]
    public void A_writer_with_a_rate_is_met_by_few_looks_and_soon(long period)
    {
        PollPlan plan = NewPlan();
        List<long> delays = [];
        int looks = 0;
        for (long value = 1, now = Second; value < 50; value++)
        {
            long written = Second + (value * period);
            while (now < written)
            {
                now += plan.Step(now);
                looks++;
            }

            plan.Found(now, (ulong)written, woken: false);
            if (value > 5)
            {
                delays.Add(now - written);
            }
        }

        Assert.True(delays.Max() <= Math.Max(period / 16, PollPlan.ShortestStep), $"{delays.Max()} ns late");
        long sleeps = Math.Max(10, period / (10 * Millisecond)); // where the period is longer than the longest step
        Assert.True(looks / 50 <= sleeps + 6, $"{looks / 50} looks a value");
    }

    [Fact]
    public void Who_waits_for_nothing_looks_once_in_the_longest_step()
    {
        PollPlan plan = NewPlan();
        Assert.Equal(PollPlan.ShortestStep, plan.Step(Second));
        Assert.Equal(10 * Millisecond, plan.Step(2 * Second));
        plan.Found(2 * Second, 1, woken: false);
        plan.Found((2 * Second) + Millisecond, Millisecond, woken: false);
        Assert.Equal(10 * Millisecond, plan.Step(4 * Second)); // also after a writer that was fast
    }

    [Fact]
    public void A_writer_that_wakes_needs_no_looks()
    {
        PollPlan plan = NewPlan();
        plan.Found(Second, 1, woken: true);
        plan.Found(Second + Millisecond, Millisecond, woken: true);
        Assert.Equal(10 * Millisecond, plan.Step(Second + Millisecond));
        plan.Found(Second + (2 * Millisecond), 2 * Millisecond, woken: false); // another writer, that does not
        Assert.True(plan.Step(Second + (2 * Millisecond)) < Millisecond);
    }

    [Fact]
    public void Looks_at_any_time_do_where_those_of_the_plan_are_no_closer_to_the_value()
    {
        PollPlan plan = NewPlan();
        Assert.False(plan.IsMetBy(10 * Millisecond, Second));
        Assert.True(plan.IsMetBy(10 * Millisecond, Second + (80 * Millisecond))); // nothing has come for long
        plan.Found(Second, (ulong)Second, woken: false);
        plan.Found(Second + (33 * Millisecond), (ulong)(Second + (33 * Millisecond)), woken: false);
        Assert.False(plan.IsMetBy(10 * Millisecond, Second + (34 * Millisecond))); // it sleeps for as long as it can, to look more often then
        Assert.False(plan.IsMetBy(10 * Millisecond, Second + (70 * Millisecond)));
        Assert.True(plan.IsMetBy(10 * Millisecond, Second + (120 * Millisecond)));
        plan.Found(Second + (66 * Millisecond), (ulong)(Second + (66 * Millisecond)), woken: true);
        Assert.True(plan.IsMetBy(10 * Millisecond, Second + (67 * Millisecond)));

        plan = NewPlan();
        plan.Found(Second, (ulong)Second, woken: false);
        plan.Found(2 * Second, 2 * (ulong)Second, woken: false);
        Assert.True(plan.IsMetBy(10 * Millisecond, 2 * Second)); // a sixteenth of it is more
    }

    [Fact]
    public void The_end_of_a_time_that_is_too_long_is_never()
    {
        Assert.Equal(MonotonicClock.Never, MonotonicClock.In(TimeSpan.MaxValue)); // of a spin time, say
        Assert.Equal(MonotonicClock.Never, MonotonicClock.In(Timeout.InfiniteTimeSpan));
        Assert.InRange(MonotonicClock.In(TimeSpan.FromDays(30_000)), 30_000L * 24 * 3600 * Second, MonotonicClock.Never - 1);
    }

    [Fact]
    public void No_step_is_shorter_or_longer_than_it_may_be()
    {
        var random = new Random(1);
        PollPlan plan = NewPlan();
        ulong stamp = 0;
        long now = Second;
        for (int i = 0; i < 10_000; i++)
        {
            now += random.NextInt64(1, 1L << random.Next(1, 40));
            Assert.InRange(plan.Step(now), PollPlan.ShortestStep, 10 * Millisecond);
            stamp = random.Next(10) == 0 ? (ulong)random.NextInt64() : stamp + (ulong)random.NextInt64(1, 1L << random.Next(1, 36)); // clocks are set
            plan.Found(now, stamp, random.Next(3) == 0);
        }
    }

    [Fact]
    public void A_step_that_is_too_short_is_made_longer()
    {
        var plan = new PollPlan(TimeSpan.FromMicroseconds(1));
        plan.Begin(Second);
        Assert.Equal(100 * Microsecond, plan.Step(5 * Second));
        Assert.Equal(PollPlan.ShortestStep, PollPlan.Within(TimeSpan.Zero)); // of those who look for others, too: they would never sleep
    }

    [Fact]
    public void A_step_that_is_too_long_is_made_shorter_and_a_negative_one_refused()
    {
        Assert.Equal(3600 * Second, PollPlan.Within(TimeSpan.MaxValue));
        var plan = new PollPlan(TimeSpan.MaxValue);
        plan.Begin(Second);
        Assert.Equal(10 * Second, plan.Step(81 * Second));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SharedObjectOptions { LongestPollStep = Timeout.InfiniteTimeSpan });
    }

    private static PollPlan NewPlan()
    {
        var plan = new PollPlan(TimeSpan.FromMilliseconds(10));
        plan.Begin(Second);
        return plan;
    }
}
