using System.Diagnostics;
using Holdfast.Hub.Database;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Tests.Machines;

/// <summary>Machines on the host engine: no container engine is needed.</summary>
public sealed class HostMachineTests : IAsyncLifetime
{
    private readonly TestHub _hub = new();

    public async ValueTask InitializeAsync() => await _hub.StartAsync();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Start_New_RunsAndItsLabAnswers()
    {
        var machine = await _hub.CreateAsync("leaves");

        Assert.Equal((MachineState.Running, null, null), (machine.State, machine.Reason, machine.Message));
        Assert.Equal(["create", "home", "lab"], machine.Steps.Select(step => step.Name));
        Assert.All(machine.Steps, step => Assert.NotNull(step.Took));
        Assert.Contains("\"version\"", await LabClient.GetAsync(_hub.Fleet.LabSocketOf(machine), "/api"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Volumes_AfterAStopAndInAnotherMachine_AreThere()
    {
        var first = await _hub.CreateAsync("first");
        await _hub.SaysAsync(first, "echo team > /storage/team; echo mine > ~/.mine; echo book > /notebooks/book; echo gone > /opt/gone");
        await _hub.StopAsync("first");

        first = await _hub.StartAsync("first");
        var second = await _hub.CreateAsync("second");

        Assert.Equal("team\nmine\nbook\n", await _hub.SaysAsync(first, "cat /storage/team ~/.mine /notebooks/book; [ ! -e /opt/gone ]"));
        Assert.Equal("team\nmine\n", await _hub.SaysAsync(second, "cat /storage/team ~/.mine; [ ! -e /notebooks/book ]"));
    }

    [Fact]
    public async Task Inside_DataOfTheHubAndOtherHomes_AreNotSeen()
    {
        File.WriteAllText(Path.Combine(HubFolders.Make(_hub.Folders.HomeOf("bob")), "secret"), "s");
        var machine = await _hub.CreateAsync("leaves");

        Assert.Equal("/home/ada\n/home/ada\nada\n", await _hub.SaysAsync(machine, "echo ~root; echo $HOME; ls /home"));
        Assert.Equal("", await _hub.SaysAsync(machine, $"find {_hub.Folders.Root} {_hub.Folders.MeetingRoot} /root -mindepth 1 2>/dev/null || true"));
    }

    [Fact]
    public async Task Start_TwiceAtOnce_IsOneStart()
    {
        var machine = await _hub.CreateAsync("leaves", start: false);

        Assert.All(Enumerable.Range(0, 5).Select(_ => _hub.Fleet.Start(TestHub.Ada, "leaves", new StartWish())), result => Assert.Null(result.Fault));
        machine = await _hub.UntilAsync(machine.Id, record => record.State is MachineState.Running);

        Assert.Equal(1, machine.Run);
    }

    [Fact]
    public async Task Stop_WhileStarting_EndsTheStart()
    {
        var machine = await _hub.CreateAsync("leaves", start: false);
        HubFolders.Make(_hub.Folders.NotebooksOf(machine.Id));
        File.WriteAllText(Path.Combine(_hub.Folders.NotebooksOf(machine.Id), "pre-run.sh"), "sleep 1000\n");
        TestHub.Value(_hub.Fleet.Start(TestHub.Ada, "leaves", new StartWish()));
        await _hub.UntilAsync(machine.Id, record => record.Steps is [.., { Name: "hook notebooks" }]);

        machine = await _hub.StopAsync("leaves");

        Assert.Equal((MachineState.Stopped, MachineReason.StoppedByUser), (machine.State, machine.Reason));
        Assert.Equal("not-found", (await _hub.Host.InspectAsync(machine.Id, TestHub.Cancellation)).Fault?.Code);
    }

    [Fact]
    public async Task Delete_WhileStarting_LeavesNothing()
    {
        var machine = await _hub.CreateAsync("leaves", start: false);
        TestHub.Value(_hub.Fleet.Start(TestHub.Ada, "leaves", new StartWish()));
        Assert.Equal("bad-request", _hub.Fleet.Delete(TestHub.Ada, "leaves", "other").Fault?.Code);

        TestHub.Value(_hub.Fleet.Delete(TestHub.Ada, "leaves", "leaves"));
        await _hub.UntilAsync(machine.Id, record => record.State is MachineState.Deleted);

        Assert.Null(_hub.Fleet.Find("leaves"));
        Assert.False(Directory.Exists(_hub.Folders.MachineOf(machine.Id)));
        Assert.Equal("not-found", (await _hub.Host.InspectAsync(machine.Id, TestHub.Cancellation)).Fault?.Code);
    }

    [Fact]
    public async Task Hub_EndedAndStartedAgain_FindsWhatRuns()
    {
        var machine = await _hub.CreateAsync("leaves");
        await _hub.SaysAsync(machine, "echo before > /opt/before");
        await _hub.EndAsync();

        await _hub.StartAsync();

        Assert.Equal(machine.Run, _hub.Fleet.Find("leaves")!.Run);
        Assert.Equal(MachineState.Running, _hub.Fleet.Find("leaves")!.State);
        Assert.Equal("before\n", await _hub.SaysAsync(machine, "cat /opt/before"));
        Assert.Contains("\"version\"", await LabClient.GetAsync(_hub.Fleet.LabSocketOf(machine), "/api"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hub_EndedWhileAMachineStarts_CarriesOn()
    {
        var machine = await _hub.CreateAsync("leaves", start: false);
        HubFolders.Make(_hub.Folders.NotebooksOf(machine.Id));
        var go = Path.Combine(_hub.Folders.NotebooksOf(machine.Id), "go");
        File.WriteAllText(Path.Combine(_hub.Folders.NotebooksOf(machine.Id), "pre-run.sh"), "until [ -e /notebooks/go ]; do sleep 0.02; done\n");
        TestHub.Value(_hub.Fleet.Start(TestHub.Ada, "leaves", new StartWish()));
        await _hub.UntilAsync(machine.Id, record => record.Steps is [.., { Name: "hook notebooks" }]);
        await _hub.EndAsync();

        await _hub.StartAsync();
        await File.WriteAllTextAsync(go, "", TestHub.Cancellation);
        machine = await _hub.UntilAsync(machine.Id, record => record.State is MachineState.Running);

        Assert.Equal((1, null), (machine.Run, machine.Reason));
        Assert.Equal(["create", "home", "hook notebooks", "lab"], machine.Steps.Select(step => step.Name));
    }

    [Fact]
    public async Task Machine_ThatEndsByItself_IsSaidAndCanBeStartedAgain()
    {
        var machine = await _hub.CreateAsync("leaves");

        using (var first = Process.GetProcessById((await _hub.Host.InspectAsync(machine.Id, TestHub.Cancellation)).Value!.ProcessId!.Value)) first.Kill();
        machine = await _hub.UntilAsync(machine.Id, record => record.State is MachineState.Failed);

        Assert.Equal(MachineReason.LabEnded, machine.Reason);
        Assert.Contains("137", machine.Message, StringComparison.Ordinal);
        Assert.Equal(MachineState.Running, (await _hub.StartAsync("leaves")).State);
    }

    [Fact]
    public async Task Lab_Killed_ComesBackInTheSameMachine()
    {
        var machine = await _hub.CreateAsync("leaves");
        await _hub.SaysAsync(machine, "echo still > /opt/still");
        const string Lab = "for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline | grep -q '^[^ ]*holdfast inside lab' && echo ${p#/proc/}; done; true";
        var before = (await _hub.SaysAsync(machine, Lab)).Trim();

        await _hub.SaysAsync(machine, $"kill -9 {before}");

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        string after;
        while ((after = (await _hub.SaysAsync(machine, Lab)).Trim()) == before || after.Length == 0) await Task.Delay(20, limit.Token);
        while (!await AnswersAsync(machine)) await Task.Delay(20, limit.Token);
        Assert.Equal("still\n", await _hub.SaysAsync(machine, "cat /opt/still"));
        Assert.Equal((MachineState.Running, 1), (_hub.Fleet.Find("leaves")!.State, _hub.Fleet.Find("leaves")!.Run));
    }

    [Fact]
    public async Task Create_WhatCannotBe_IsSaidWithTheMend()
    {
        await _hub.CreateAsync("leaves", start: false);

        Assert.Equal("exists", Create("leaves").Code);
        Assert.Contains("lower-case", Create("Leaves").Message, StringComparison.Ordinal);
        Assert.Contains("single hyphens", Create("8080--x").Message, StringComparison.Ordinal);
        Assert.Contains("no images", Create("other", spec => spec with { Engine = "host", Image = "debian:12" }).Message, StringComparison.Ordinal);
        Assert.Contains("There is no engine 'slurm'", Create("other", spec => spec with { Engine = "slurm" }).Message, StringComparison.Ordinal);
        Assert.Contains("there are standard", Create("other", spec => spec with { Type = "huge" }).Message, StringComparison.Ordinal);
        Assert.Contains("'9X' is no name of a variable", Create("other", spec => spec with { Environment = new Dictionary<string, string> { ["9X"] = "" } }).Message, StringComparison.Ordinal);
        Assert.Equal("forbidden", _hub.Fleet.Create(TestHub.Bob, new MachineSpec { Name = "bobs" }).Fault?.Code);
        Assert.Equal("not-found", _hub.Fleet.Find(TestHub.Bob, "leaves").Fault?.Code);
        Assert.Equal("not-found", _hub.Fleet.Start(TestHub.Bob, "leaves", new StartWish()).Fault?.Code);
        Assert.Equal("forbidden", _hub.Fleet.Start(TestHub.Ada with { MayWrite = false }, "leaves", new StartWish()).Fault?.Code);

        HubFault Create(string name, Func<MachineSpec, MachineSpec>? change = null)
        {
            var spec = new MachineSpec { Name = name };
            return _hub.Fleet.Create(TestHub.Ada, change?.Invoke(spec) ?? spec).Fault!;
        }
    }

    [Fact]
    public async Task Restart_ThatCannotStart_LeavesWhatRuns()
    {
        _hub.Service<HubDatabase>().Execute("INSERT INTO people VALUES ('ada', 'admin', NULL, 0)");
        _hub.Service<SecretStore>().Set(TestHub.Ada, "TOKEN", "s");
        var machine = await _hub.CreateAsync("leaves", spec => spec with { Secrets = ["TOKEN"] });
        Assert.Equal("s\n", await _hub.SaysAsync(machine, "echo $TOKEN"));
        await _hub.SaysAsync(machine, "echo precious > /opt/precious");
        _hub.Service<SecretStore>().Remove(TestHub.Ada, "TOKEN");

        var refused = await _hub.Fleet.RestartAsync(TestHub.Ada, "leaves", new StartWish(), confirmed: true, TestHub.Cancellation);

        Assert.Equal("conflict", refused.Fault?.Code);
        Assert.Contains("leaves was left as it is: ada has no secret TOKEN", refused.Fault!.Message, StringComparison.Ordinal);
        Assert.Equal("precious\n", await _hub.SaysAsync(machine, "cat /opt/precious"));
        Assert.Contains("lab: ", await File.ReadAllTextAsync(_hub.Folders.OutputOf(machine.Id), TestHub.Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fork_HasTheNotebooksAndNothingElse()
    {
        var machine = await _hub.CreateAsync("leaves");
        await _hub.SaysAsync(machine, "echo book > /notebooks/book; ln -s /storage /notebooks/data");

        var fork = TestHub.Value(await _hub.Fleet.ForkAsync(TestHub.Ada, "leaves", "fork", TestHub.Cancellation));
        await _hub.SaysAsync(machine, "echo changed > /notebooks/book");
        fork = await _hub.StartAsync("fork");

        Assert.Equal("book\n/storage\n", await _hub.SaysAsync(fork, "cat /notebooks/book; readlink /notebooks/data"));
    }

    [Fact]
    public async Task Git_OfANewMachine_IsClonedOnce()
    {
        var source = Directory.CreateDirectory(Path.Combine(_hub.Folders.Storage, "source")).FullName;
        var machine = await _hub.CreateAsync("maker");
        await _hub.SaysAsync(machine, "cd /storage/source && git init -q && echo hello > README && git add . && git -c user.name=a -c user.email=a@b commit -qm one");

        var clone = await _hub.CreateAsync("clone", spec => spec with { Git = "/storage/source" });
        var bad = await _hub.CreateAsync("bad", spec => spec with { Git = "/storage/nothing" });

        Assert.Equal("hello\n", await _hub.SaysAsync(clone, "cat /notebooks/README"));
        Assert.True(Directory.Exists(source));
        Assert.Equal(MachineState.Running, bad.State);
        Assert.Contains(bad.Notes, note => note.Contains("/storage/nothing could not be cloned", StringComparison.Ordinal));
    }

    private async Task<bool> AnswersAsync(MachineRecord machine)
    {
        try
        {
            await LabClient.GetAsync(_hub.Fleet.LabSocketOf(machine), "/api");
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
