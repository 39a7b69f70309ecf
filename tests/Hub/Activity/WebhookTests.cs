using System.Globalization;
using Holdfast.Hub.Activity;
using Holdfast.Hub.Database;
using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Tests.Activity;

public sealed class WebhookTests
{
    private const string UntilGo = "import os, time\nprint('epoch 3/3', flush=True)\nwhile not os.path.exists('/tmp/go'): time.sleep(0.02)\n";

    [Fact]
    public async Task Run_ThatEnds_IsToldOnceWithItsLastLine()
    {
        using var receiver = new Receiver();
        await using var place = new ActivityPlace(webhook: receiver.Address);
        await place.Hub.StartAsync();
        var machine = await place.Hub.CreateAsync("leaves");
        using var lab = new MachineLab(place.Hub, machine);
        await lab.SendAsync(HttpMethod.Put, "/api/contents/notebooks/train.ipynb",
            """{"type":"notebook","format":"json","content":{"cells":[{"cell_type":"code","id":"c0","execution_count":null,"metadata":{},"outputs":[],"source":"x"}],"metadata":{},"nbformat":4,"nbformat_minor":5}}""");
        await lab.RunAsync(await lab.StartKernelAsync(), $"{UntilGo}raise ValueError('bad shapes')");
        await place.SeeAsync("leaves", activity => activity.Busy.Any(thing => thing.Kind == "kernel"));
        // The hub that sees the end is another one.
        await place.Hub.EndAsync();
        await place.Hub.StartAsync();
        await place.AdvanceAsync(TimeSpan.FromMinutes(5));
        await place.Hub.SaysAsync(machine, "touch /tmp/go");
        await place.SeeAsync("leaves", _ => place.Hub.Service<HubDatabase>().Value("SELECT count(*) FROM notices") is 1L);

        var notice = await receiver.NextAsync();

        Assert.Equal("leaves: notebooks/train.ipynb: failed – ValueError: bad shapes", (string?)notice["text"]);
        Assert.Equal(("run_failed", "leaves", "ada", "failed"), ((string?)notice["event"], (string?)notice["machine"], (string?)notice["owner"], (string?)notice["state"]));
        await place.AdvanceAsync(TimeSpan.FromMinutes(5));
        await UntilToldAsync(place);
    }

    [Fact]
    public async Task Notice_ThatIsNotTaken_OutlivesTheHubAndIsLedNowhere()
    {
        using var receiver = new Receiver();
        await using var place = new ActivityPlace();
        await place.Hub.StartAsync();
        var database = place.Hub.Service<HubDatabase>();
        database.Execute("INSERT INTO people VALUES ('ada', 'admin', NULL, 0)");
        Assert.Equal("bad-request", place.Hub.Service<Webhooks>().Set(TestHub.Ada, "file:///etc/passwd").Fault?.Code);
        TestHub.Value(place.Hub.Service<Webhooks>().Set(TestHub.Ada, receiver.Address.AbsoluteUri));
        var machine = await place.Hub.CreateAsync("leaves", start: false);
        place.Hub.Service<Webhooks>().Changed(machine, machine with { State = MachineState.Failed, Reason = MachineReason.OutOfMemory, Message = "Its memory limit ended it." });
        Assert.Equal("leaves: Its memory limit ended it.", (string?)(await receiver.NextAsync(302, "http://127.0.0.1:1/"))["text"]);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (Convert.ToInt64(database.Value("SELECT attempts FROM notices"), CultureInfo.InvariantCulture) != 1) await Task.Delay(20, limit.Token);
        await place.Hub.EndAsync();
        // While nobody runs who would send it at once.
        using (var closed = HubDatabase.Open(place.Hub.Folders.Database)) closed.Execute("UPDATE notices SET due = 0");

        await place.Hub.StartAsync();
        var notice = await receiver.NextAsync();

        Assert.Equal(("machine_failed", "out_of_memory"), ((string?)notice["event"], (string?)notice["reason"]));
        await UntilToldAsync(place);
    }

    [Fact]
    public async Task Job_ThatEnds_IsToldOnceUnlessSomebodyHasCancelledIt()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Jobs with a root of their own need root.");
        using var receiver = new Receiver();
        await using var place = new ActivityPlace(webhook: receiver.Address);
        await place.Hub.StartAsync();
        var cancelled = await place.Hub.SubmitAsync("exec sleep 1000");
        TestHub.Value(place.Hub.Jobs.Cancel(TestHub.Ada, cancelled.Id));
        await place.Hub.UntilOverAsync(cancelled);
        var failed = await place.Hub.UntilOverAsync(await place.Hub.SubmitAsync("exit 3"));

        var notice = await receiver.NextAsync();
        Assert.Equal(("job_failed", failed.Id, "leaves", "ada", "failed", "container_exited_with_error"),
            ((string?)notice["event"], (string?)notice["job"], (string?)notice["run"], (string?)notice["owner"], (string?)notice["state"], (string?)notice["reason"]));
        Assert.Equal($"leaves ({failed.Id}) has failed. It ended with exit code 3; mend: its log says why.", (string?)notice["text"]);
        await place.Hub.UntilOverAsync(await place.Hub.SubmitAsync("true", spec => spec with { Shards = 2 }));
        Assert.Equal(("job_succeeded", "succeeded"), await receiver.NextAsync() is var told ? ((string?)told["event"], (string?)told["state"]) : default);
    }

    [Fact]
    public async Task Notices_ThatNobodyTakes_AreBounded()
    {
        await using var place = new ActivityPlace(webhook: new Uri("http://127.0.0.1:1/"));
        await place.Hub.StartAsync();
        var machine = await place.Hub.CreateAsync("leaves", start: false);

        for (var i = 0; i < 1100; i++) place.Hub.Service<Webhooks>().Tell(machine, new WebhookNotice("run_ended", "leaves", "x"));

        Assert.InRange((long)place.Hub.Service<HubDatabase>().Value("SELECT count(*) FROM notices")!, 900, 1000);
    }

    /// <summary>Waits until nobody is left to be told anything.</summary>
    private static async Task UntilToldAsync(ActivityPlace place)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (place.Hub.Service<HubDatabase>().Value("SELECT count(*) FROM notices") is not 0L) await Task.Delay(20, limit.Token);
    }
}
