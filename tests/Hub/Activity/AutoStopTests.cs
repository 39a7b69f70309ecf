using Holdfast.Hub.Activity;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Recipes;

namespace Holdfast.Hub.Tests.Activity;

/// <summary>Machines that the hub stops, on the host engine, by a clock of the test's.</summary>
public sealed class AutoStopTests
{
    private const string UntilGo = "import os, time\nwhile not os.path.exists('/tmp/go'): time.sleep(0.02)\n";
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1), Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Kernel_AtWorkPastTheLimitWithoutAPage_StaysAndStopsWhenItIsDone()
    {
        await using var place = new ActivityPlace();
        await place.Hub.StartAsync();
        var machine = await place.Hub.CreateAsync("leaves");
        using var lab = new MachineLab(place.Hub, machine);
        await place.Hub.SaysAsync(machine, "echo weights > /opt/model");
        await lab.RunAsync(await lab.StartKernelAsync(), UntilGo);
        var busy = await place.SeeAsync("leaves", activity => activity.Busy.Any(thing => thing.Kind == "kernel"));
        Assert.Equal(("notebooks/train.ipynb", null, null), (busy.Busy[0].Name, busy.IdleSince, busy.StopsAt));

        for (var hours = 0; hours < 5; hours++) await place.AdvanceAsync(Hour);
        Assert.Equal((MachineState.Running, null), (place.Hub.Fleet.Find("leaves")!.State, place.Hub.Fleet.Find("leaves")!.Notice));
        await place.Hub.SaysAsync(machine, "touch /tmp/go");
        var idle = await place.SeeIdleAsync("leaves");
        Assert.Equal((idle.IdleSince + 2 * Hour, MachineReason.IdleTimeout), (idle.StopsAt, idle.StopsBecause));
        await place.AdvanceAsync(Hour + 51 * Minute);
        Assert.Equal(MachineNotice.StopsSoon, place.Hub.Fleet.Find("leaves")!.Notice?.Kind);
        await place.AdvanceAsync(10 * Minute);

        machine = await place.StoppedAsync(machine);
        Assert.Equal((MachineState.Stopped, MachineReason.IdleTimeout, null), (machine.State, machine.Reason, machine.Notice));
        Assert.Matches(@"^Stopped at \d{4}-\d\d-\d\d \d\d:\d\d UTC: idle since .* UTC, and 2h of that is its limit. What ran last: notebooks/train.ipynb. Lost with it: 1 file \(8 B\);", machine.Message);
        Assert.Equal("/opt/model", Assert.Single(place.Hub.Service<LossLists>().LastOf(machine.Id)!.Files).Path);
    }

    [Fact]
    public async Task Work_OutsideOfKernels_KeepsItAndAnOpenPageDoesNot()
    {
        await using var place = new ActivityPlace();
        await place.Hub.StartAsync();
        var machine = await place.Hub.CreateAsync("leaves");
        using var lab = new MachineLab(place.Hub, machine);
        using var page = await lab.OpenAsync($"/api/kernels/{await lab.StartKernelAsync()}/channels?session_id=page");
        using var terminal = await lab.OpenTerminalAsync();
        var idle = await place.SeeIdleAsync("leaves");

        // What was started and left.
        await place.Hub.SaysAsync(machine, "setsid nohup sh -c 'while :; do :; done' > /dev/null 2>&1 & echo $! > /tmp/pid");
        await place.SeeAsync("leaves", activity => activity.Busy.Any(thing => thing.Kind == "processes" && thing.Name.Contains("while :", StringComparison.Ordinal)));
        await place.AdvanceAsync(3 * Hour);
        Assert.Null(place.ActivityOf("leaves").StopsAt);
        await place.Hub.SaysAsync(machine, "kill $(cat /tmp/pid)");
        var after = await place.SeeIdleAsync("leaves");
        Assert.True(after.IdleSince >= idle.IdleSince + 3 * Hour);

        // A command that uses nothing, in a terminal that shows it.
        await MachineLab.TypeAsync(terminal, "sleep 1000\r");
        var busy = await place.SeeAsync("leaves", activity => activity.Busy.Any(thing => thing.Kind == "terminal"));
        Assert.Equal("sleep 1000", busy.Busy[0].Name);
        await place.AdvanceAsync(3 * Hour);
        Assert.Equal(MachineState.Running, place.Hub.Fleet.Find("leaves")!.State);
        await MachineLab.TypeAsync(terminal, "\u0003");

        // Nothing but the page, which is still open.
        await place.SeeIdleAsync("leaves");
        Assert.Equal(System.Net.WebSockets.WebSocketState.Open, page.State);
        await place.AdvanceAsync(2 * Hour);
        await place.AdvanceAsync(11 * Minute);
        Assert.Equal(MachineReason.IdleTimeout, (await place.StoppedAsync(machine)).Reason);
    }

    [Fact]
    public async Task Work_ThatBecameTheMachinesAfterItWasSeen_KeepsIt()
    {
        await using var place = new ActivityPlace();
        await place.Hub.StartAsync();
        var machine = await place.Hub.CreateAsync("leaves");
        await place.Hub.SaysAsync(machine, """
            setsid env -i sh -c "while [ ! -e /tmp/go ]; do sleep 0.02; done; exec env $(env | grep ^HOLDFAST_MACHINE=) sh -c 'while :; do :; done'" > /dev/null 2>&1 &
            echo $! > /tmp/pid
            """);
        for (var looks = 0; looks < 3; looks++) await place.SeeIdleAsync("leaves");

        await place.Hub.SaysAsync(machine, "touch /tmp/go");

        await place.SeeAsync("leaves", activity => activity.Busy.Any(thing => thing.Kind == "processes"));
        await place.Hub.SaysAsync(machine, "kill $(cat /tmp/pid)");
        await place.SeeIdleAsync("leaves");
    }

    [Fact]
    public async Task Stop_ThatWouldLose_WaitsUntilItWouldNot()
    {
        await using var place = new ActivityPlace(new AutoStop(2 * Hour));
        await place.Hub.StartAsync();
        var machine = await place.Hub.CreateAsync("leaves");
        await place.Hub.SaysAsync(machine, "echo weights > /opt/model");
        await IdleToTheEndAsync(place);

        machine = await place.Hub.UntilAsync(machine.Id, record => record.Notice?.Kind == MachineNotice.AutoStopWaits);
        Assert.StartsWith("Auto stop waits: would lose 1 file (8 B).", machine.Notice!.Text, StringComparison.Ordinal);
        Assert.Equal(MachineState.Running, machine.State);
        await place.Hub.SaysAsync(machine, "rm /opt/model");
        await place.AdvanceAsync(6 * Minute);

        machine = await place.StoppedAsync(machine);
        Assert.Equal((MachineReason.IdleTimeout, null), (machine.Reason, machine.Notice));
    }

    [Fact]
    public async Task Stop_ThatKeeps_LosesNothing()
    {
        await using var place = new ActivityPlace();
        await place.Hub.StartAsync();
        var machine = await place.Hub.CreateAsync("leaves", spec => spec with { OnLoss = OnLoss.Keep });
        await place.Hub.SaysAsync(machine, "echo weights > /opt/model; mkdir /opt/data; echo 1 > /opt/data/a; echo port=1 > /etc/own.conf");
        await IdleToTheEndAsync(place);

        machine = await place.StoppedAsync(machine);
        Assert.Equal((MachineState.Stopped, MachineReason.IdleTimeout), (machine.State, machine.Reason));
        Assert.Contains("/etc/own.conf", place.Hub.Service<MachineRecipes>().Of(machine.Id)!.Text, StringComparison.Ordinal);
        await place.Hub.StartAsync("leaves");
        Assert.Equal("weights\n1\n", await place.Hub.SaysAsync(machine, "cat /opt/model /opt/data/a"));
    }

    [Fact]
    public async Task TimeLimit_OfAMachineAtWork_KeepsAndStops()
    {
        await using var place = new ActivityPlace(new AutoStop());
        await place.Hub.StartAsync();
        var machine = await place.Hub.CreateAsync("leaves", spec => spec with { TimeLimit = 12 * Hour });
        using var lab = new MachineLab(place.Hub, machine);
        await place.Hub.SaysAsync(machine, "echo weights > /opt/model");
        await lab.RunAsync(await lab.StartKernelAsync(), UntilGo);
        await place.SeeAsync("leaves", activity => activity.Busy.Count > 0 && activity.StopsBecause == MachineReason.TimeLimit);

        await place.AdvanceAsync(11 * Hour + 55 * Minute);
        Assert.Contains("whatever runs", place.Hub.Fleet.Find("leaves")!.Notice?.Text, StringComparison.Ordinal);
        await place.AdvanceAsync(11 * Minute);

        machine = await place.StoppedAsync(machine);
        Assert.Equal((MachineState.Stopped, MachineReason.TimeLimit), (machine.State, machine.Reason));
        Assert.Contains("At work was notebooks/train.ipynb.", machine.Message, StringComparison.Ordinal);
        await place.Hub.StartAsync("leaves");
        Assert.Equal("weights\n", await place.Hub.SaysAsync(machine, "cat /opt/model"));
    }

    [Fact]
    public async Task Warning_IsInTerminalsAndPages_UntilTheStopIsPutOff()
    {
        await using var place = new ActivityPlace();
        await place.Hub.StartAsync();
        var machine = await place.Hub.CreateAsync("leaves");
        using var lab = new MachineLab(place.Hub, machine);
        using var terminal = await lab.OpenTerminalAsync();
        using var page = await lab.OpenAsync("/api/events/subscribe");
        await place.SeeIdleAsync("leaves");

        await place.AdvanceAsync(Hour + 52 * Minute);
        Assert.Contains("has been idle since", await MachineLab.ReadAsync(terminal, "is stopped at"), StringComparison.Ordinal);
        Assert.Contains("stop_warning", await MachineLab.ReadAsync(page, "is stopped at"), StringComparison.Ordinal);
        TestHub.Value(await place.Hub.Service<ActivityWatch>().ExtendAsync(TestHub.Ada, "leaves", 4 * Hour, TestHub.Cancellation));

        Assert.Null(place.Hub.Fleet.Find("leaves")!.Notice);
        Assert.Null((string?)(await lab.SendAsync(HttpMethod.Get, "/api/activity"))!["warning"]!["text"]);
        Assert.Contains("null", await MachineLab.ReadAsync(page, "\"text\":null"), StringComparison.Ordinal);
        Assert.Equal((place.Now + 4 * Hour, 4 * Hour), (place.ActivityOf("leaves").StopsAt, place.ActivityOf("leaves").TimeLeft));

        // The next hub goes by it, too, and begins no earlier than it was there.
        await place.Hub.EndAsync();
        await place.Hub.StartAsync();
        await place.SeeIdleAsync("leaves");
        await place.AdvanceAsync(3 * Hour);
        Assert.Equal((MachineState.Running, Hour), (place.Hub.Fleet.Find("leaves")!.State, place.ActivityOf("leaves").TimeLeft));
        // Somebody types: that is no idle time, and no warning is left.
        await place.AdvanceAsync(52 * Minute);
        Assert.NotNull(place.Hub.Fleet.Find("leaves")!.Notice);
        await MachineLab.TypeAsync(terminal, "echo\r");
        await place.SeeAsync("leaves", activity => activity.IdleSince == place.Now);
        await place.AdvanceAsync(Minute);
        Assert.Null(place.Hub.Fleet.Find("leaves")!.Notice);
    }

    [Fact]
    public async Task Hub_StartedAgain_BeginsTheClockAnew()
    {
        await using var place = new ActivityPlace();
        await place.Hub.StartAsync();
        var machine = await place.Hub.CreateAsync("leaves");
        await place.SeeIdleAsync("leaves");
        await place.AdvanceAsync(Hour + 55 * Minute);
        Assert.NotNull(place.Hub.Fleet.Find("leaves")!.Notice);
        await place.Hub.EndAsync();

        await place.Hub.StartAsync();
        await place.SeeIdleAsync("leaves");
        await place.AdvanceAsync(Hour);

        Assert.Equal((MachineState.Running, null), (place.Hub.Fleet.Find("leaves")!.State, place.Hub.Fleet.Find("leaves")!.Notice));
        Assert.Equal(Hour, place.ActivityOf("leaves").TimeLeft);
        Assert.Equal(machine.Run, place.Hub.Fleet.Find("leaves")!.Run);
    }

    [Fact]
    public async Task StopByHub_OfARunThatIsOver_DoesNothing()
    {
        await using var place = new ActivityPlace();
        await place.Hub.StartAsync();
        var machine = await place.Hub.CreateAsync("leaves");
        await place.Hub.StopAsync("leaves");
        var again = await place.Hub.StartAsync("leaves");

        Assert.False(place.Hub.Fleet.StopByHub(machine.Id, machine.Run, MachineReason.IdleTimeout, "late"));
        TestHub.Value(await place.Hub.Fleet.RestartAsync(TestHub.Ada, "leaves", new StartWish(), confirmed: true, TestHub.Cancellation));
        place.Hub.Fleet.StopByHub(machine.Id, again.Run, MachineReason.IdleTimeout, "at the same time");

        // Whoever asked for a start has it, whichever of the two came first.
        Assert.Equal(MachineState.Running, (await place.Hub.UntilAsync(machine.Id, record => record.Run > again.Run && record.State is MachineState.Running or MachineState.Failed && record.Run > again.Run)).State);
    }

    [Fact]
    public async Task Machine_ThatDoesNotAnswer_IsNotIdleAndHoldsUpNoOther()
    {
        await using var place = new ActivityPlace();
        await place.Hub.StartAsync();
        var machine = await place.Hub.CreateAsync("leaves");
        await place.Hub.CreateAsync("other");
        await place.SeeIdleAsync("leaves");
        await place.Hub.SaysAsync(machine, "for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline | grep -q '^[^ ]*holdfast inside lab' && kill -STOP ${p#/proc/}; done; true");

        await place.AdvanceAsync(3 * Hour);

        var (silent, other) = (place.ActivityOf("leaves"), place.ActivityOf("other"));
        Assert.Equal((false, null, null), (silent.Answers, silent.IdleSince, silent.StopsAt));
        Assert.NotNull(other.IdleSince);
        await place.Hub.SaysAsync(machine, "for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline | grep -q '^[^ ]*holdfast inside lab' && kill -CONT ${p#/proc/}; done; true");
        Assert.Equal(place.Now, (await place.SeeIdleAsync("leaves")).IdleSince);
    }

    private static async Task IdleToTheEndAsync(ActivityPlace place)
    {
        await place.SeeIdleAsync("leaves");
        await place.AdvanceAsync(2 * Hour);
        await place.AdvanceAsync(11 * Minute);
    }
}
