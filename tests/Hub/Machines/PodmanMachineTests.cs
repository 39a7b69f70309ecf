using System.Diagnostics;
using Holdfast.Engines.Contract;
using Holdfast.Engines.Podman;
using Holdfast.Engines.Tests.Podman;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Recipes;
using Holdfast.Hub.Tests.Jobs;

namespace Holdfast.Hub.Tests.Machines;

/// <summary>Machines from a real image, on real Podman.</summary>
[Collection(PodmanTests.Name)]
public sealed class PodmanMachineTests(PodmanService podman, DebianImage image) : IClassFixture<DebianImage>, IAsyncLifetime
{
    private TestHub _hub = null!;
    private PodmanEngine _engine = null!;

    public async ValueTask InitializeAsync()
    {
        if (image.Unusable is { } reason) Assert.Skip(reason);
        _engine = new PodmanEngine(podman.Socket);
        _hub = new TestHub(engines: new Dictionary<string, IEngine> { ["podman"] = _engine });
        await _hub.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null) await _hub.DisposeAsync();
        _engine?.Dispose();
    }

    [Fact]
    public async Task WhatPeopleInstallAndWrite_AfterAStopAndInAnotherMachine_IsThere()
    {
        var machine = await CreateAsync("leaves");
        await _hub.SaysAsync(machine, """
            set -e
            site=$(python3 -m site --user-site); mkdir -p $site; echo 'height = 42' > $site/tide.py
            git init -q /storage/source; cd /storage/source; echo hello > README; git add .; git -c user.name=a -c user.email=a@b commit -qm one
            git clone -q /storage/source /notebooks/clone
            mkdir -p ~/.ssh; ssh-keygen -q -t ed25519 -N '' -f ~/.ssh/id_ed25519; chmod 777 ~/.ssh; chmod 644 ~/.ssh/id_ed25519
            """);

        await _hub.StopAsync("leaves");
        var again = await _hub.StartAsync("leaves");
        var other = await CreateAsync("other");

        Assert.Equal("42\nhello\n700\n600\n", await _hub.SaysAsync(again, "python3 -c 'import tide; print(tide.height)'; cat /notebooks/clone/README; stat -c %a ~/.ssh ~/.ssh/id_ed25519"));
        Assert.Contains(again.Notes, note => note.Contains(".ssh", StringComparison.Ordinal));
        Assert.Equal("42\n", await _hub.SaysAsync(other, "python3 -c 'import tide; print(tide.height)'; [ ! -e /notebooks/clone ]"));
    }

    [Fact]
    public async Task Job_OfAMachine_HasThePackagesOfItsHomeInItsImage()
    {
        var machine = await CreateAsync("leaves");
        await _hub.SaysAsync(machine, "site=$(python3 -m site --user-site ); mkdir -p $site; echo 'HEIGHT = 7' > $site/tide.py; echo mine > ~/notes; echo 1 > /opt/own");
        var code = await PodmanJobTests.SendAsync(_hub, "import os, tide; print(tide.HEIGHT, open('/opt/own').read().strip(), os.path.exists(os.path.expanduser('~/notes'))); open(os.path.expanduser('~/scratch'), 'w')");
        var first = await OfMachineAsync(code);
        var second = await OfMachineAsync(code);
        await _hub.SaysAsync(machine, "echo 'HEIGHT = 8' > $(python3 -m site --user-site )/tide.py");
        var third = await OfMachineAsync(code);

        Assert.Equal([(JobState.Succeeded, "7 1 False\n"), (JobState.Succeeded, "7 1 False\n"), (JobState.Succeeded, "8 1 False\n")], ((JobRecord[])[first, second, third]).Select(job => (job.State, _hub.LogOf(job))));
        Assert.Equal(first.ImageReference, second.ImageReference);
        Assert.NotEqual(first.ImageReference, third.ImageReference);
        // All of it is in the image, for whoever has nothing but Podman.
        Assert.Equal("7 1 False", await podman.RunPodmanAsync("run", "--rm", "--network=none", first.ImageReference!, "python3", "train.py"));
    }

    [Fact]
    public async Task WhatIsInstalledInTheLayer_IsListedKeptRecordedAndBuilt()
    {
        var machine = await CreateAsync("leaves");
        await _hub.SaysAsync(machine, "mkdir -p /opt/model /opt/tool; echo weights > /opt/model/weights; echo tool > /opt/tool/run");
        var installs = await _engine.ExecAsync(machine.Id, new ExecCommand(["/bin/sh", "-c", "export DEBIAN_FRONTEND=noninteractive; apt-get update -q && apt-get install -y -q --no-install-recommends sl"]), TestHub.Cancellation);
        if (installs.Value is not { ExitCode: 0 }) Assert.Skip($"Packages cannot be installed in a container here: {installs.Value?.Error}");

        // 1. The stop says what it would destroy.
        var list = TestHub.Value(await _hub.Service<LossLists>().LookAsync(machine, TestHub.Cancellation));
        Assert.Contains(list.Packages, package => package is { Source: "apt", Name: "sl", Before: null, IsAsked: true });
        Assert.Equal(["/opt/model", "/opt/tool"], list.Files.Select(file => file.Path).Order());
        var refused = await _hub.Fleet.StopAsync(TestHub.Ada, "leaves", confirmed: false, TestHub.Cancellation);
        Assert.Equal("would-lose", refused.Fault?.Code);
        Assert.Equal(MachineState.Running, _hub.Fleet.Find("leaves")!.State);

        // 2. What is kept survives, what is not is gone and was said.
        TestHub.Value(await _hub.Service<KeptPaths>().KeepAsync(machine, ["/opt/model"], TestHub.Cancellation));
        var recipe = TestHub.Value(await _hub.Service<MachineRecipes>().RecordAsync(machine, ["/opt/tool"], TestHub.Cancellation));
        Assert.Contains("sl=", recipe.Text, StringComparison.Ordinal);
        Assert.Contains("/opt/tool", recipe.Text, StringComparison.Ordinal);
        await _hub.StopAsync("leaves");
        Assert.Contains(_hub.Service<LossLists>().LastOf(machine.Id)!.Packages, package => package.Name == "sl");
        machine = await _hub.StartAsync("leaves");
        Assert.Equal("weights\n", await _hub.SaysAsync(machine, "cat /opt/model/weights; [ ! -e /opt/tool ] && [ ! -e /usr/games/sl ]"));

        // 3. The image that the recipe makes has it all, and nothing would be lost.
        var built = TestHub.Value(await _hub.Service<MachineRecipes>().BuildAsync(machine, new Progress<string>(), TestHub.Cancellation));
        var second = await _hub.CreateAsync("second", spec => spec with { Image = built.Name });
        Assert.Equal("tool\n", await _hub.SaysAsync(second, "cat /opt/tool/run; [ -e /usr/games/sl ]"));
        Assert.True(TestHub.Value(await _hub.Service<LossLists>().LookAsync(second, TestHub.Cancellation)).IsEmpty);
    }

    [Fact]
    public async Task HubAndPodmanKilled_MachinesGoOnAndAreFound()
    {
        var machines = new[] { await CreateAsync("one"), await CreateAsync("two") };
        foreach (var machine in machines) await _hub.SaysAsync(machine, "(i=0; while :; do i=$((i+1)); echo $i > /opt/count; sleep 0.05; done) > /dev/null 2>&1 &");
        await _hub.EndAsync();
        await podman.KillAsync();
        await podman.StartAsync();

        await _hub.StartAsync();

        foreach (var machine in machines)
        {
            var found = await _hub.UntilAsync(machine.Id, record => record.State == MachineState.Running);
            Assert.Equal(1, found.Run);
            var before = await _hub.SaysAsync(machine, "cat /opt/count");
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (await _hub.SaysAsync(machine, "cat /opt/count") == before) await Task.Delay(20, limit.Token);
            Assert.Contains("\"version\"", await LabClient.GetAsync(_hub.Fleet.LabSocketOf(found), "/api"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Image_ThatIsMissingOrUnfit_IsSaid()
    {
        var missing = await _hub.CreateAsync("missing", spec => spec with { Image = "localhost/no-such-image:1" });
        var down = await _hub.CreateAsync("down", spec => spec with { Image = "localhost:1/team/image:1" });

        Assert.Equal((MachineState.Failed, MachineReason.ImageMissing), (missing.State, missing.Reason));
        Assert.Contains("localhost/no-such-image:1", missing.Message, StringComparison.Ordinal);
        Assert.Equal((MachineState.Failed, MachineReason.ImagePullFailed), (down.State, down.Reason));
    }

    [Fact]
    public async Task Image_WithoutAShell_HasALabAllTheSame()
    {
        var tree = Directory.CreateTempSubdirectory("hf-noshell-").FullName;
        using (var make = Process.Start("/bin/bash", ["-c", $"{TestImage.Script}\ncp -L /usr/lib/*-linux-gnu/lib{{stdc++.so.6,gcc_s.so.1,dl.so.2,pthread.so.0,rt.so.1,m.so.6,ssl.so.3,crypto.so.3}} usr/lib/*-linux-gnu/; rm usr/bin/sh usr/bin/dash", tree])) await make.WaitForExitAsync(TestHub.Cancellation);
        await podman.ImportAsync(tree, "localhost/holdfast-no-shell:1");
        Directory.Delete(tree, recursive: true);

        var machine = await _hub.CreateAsync("leaves", spec => spec with { Image = "localhost/holdfast-no-shell:1" });

        Assert.True(machine.State == MachineState.Running, $"{machine.Reason}: {machine.Message}");
        Assert.Contains("\"version\"", await LabClient.GetAsync(_hub.Fleet.LabSocketOf(machine), "/api"), StringComparison.Ordinal);
    }

    private async Task<JobRecord> OfMachineAsync(string code) =>
        await _hub.UntilOverAsync(TestHub.Value(await _hub.Jobs.SubmitAsync(TestHub.Ada, new JobSpec { Name = "train", Command = ["python3", "train.py"], Machine = "leaves", Code = code })));

    private async Task<MachineRecord> CreateAsync(string name)
    {
        var machine = await _hub.CreateAsync(name, spec => spec with { Image = DebianImage.Name });
        Assert.True(machine.State == MachineState.Running, $"{machine.State}: {machine.Reason}: {machine.Message}");
        return machine;
    }
}
