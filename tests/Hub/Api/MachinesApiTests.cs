using System.Text.Json;

namespace Holdfast.Hub.Tests.Api;

/// <summary>Machines over the API, on the host engine.</summary>
public sealed class MachinesApiTests : IAsyncLifetime
{
    private readonly TestHub _hub = new(options => options with { Settings = new HubSettings { Types = [new("small", 1, 2_000_000_000, 0, null, 0.5m), new("large", null, null, 0, null, 2)], Currency = "EUR" } });
    private ApiClient _api = null!;

    public async ValueTask InitializeAsync() => _api = new ApiClient(await _hub.StartAsync());

    public ValueTask DisposeAsync()
    {
        _api?.Dispose();
        return _hub.DisposeAsync();
    }

    [Fact]
    public async Task Create_New_IsShownWithPriceAndAddress()
    {
        var made = await _api.PostAsync("machines", """{"name":"leaves","environment":{"A":"b"},"auto_start":true}""");

        Assert.Equal(201, made.Status);
        Assert.Equal(("leaves", "created", "host", "small", 0.5m, "EUR", true),
            (Text(made, "name"), Text(made, "state"), Text(made, "engine"), Text(made, "type"), made.Json.GetProperty("price").GetDecimal(), Text(made, "currency"), made.Json.GetProperty("auto_start").GetBoolean()));
        Assert.Equal($"http://leaves.localhost:{_hub.Address.Port}/", Text(made, "url"));
        Assert.Equal("b", made.Json.GetProperty("environment").GetProperty("A").GetString());
        Assert.Equal(made.Text, (await _api.GetAsync("machines/leaves")).Text);
        Assert.Equal($"[{made.Text}]", (await _api.GetAsync("machines")).Text);
    }

    [Theory]
    [InlineData("""{"nmae":"x"}""", "There is no field 'nmae'. Did you mean 'name'?")]
    [InlineData("""{}""", "The field 'name' is missing.")]
    [InlineData("""{"name":"x","auto_start":"yes"}""", "The field auto_start has a value of another kind than it should.")]
    [InlineData("""{"name":"x","environment":{"A":1}}""", "The field environment.A has a value of another kind than it should.")]
    [InlineData("""["x"]""", "The body is a JSON object.")]
    [InlineData("""{"name":""", "The body is not JSON: ")]
    [InlineData("""{"name":"x","name":"y"}""", "The body is not JSON: ")]
    public async Task Create_Mistyped_NamesFieldAndMend(string body, string message)
    {
        var reply = await _api.PostAsync("machines", body);

        Assert.Equal((400, "bad-request"), (reply.Status, reply.Code));
        Assert.StartsWith(message, reply.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_WithAnImageWhereNoPodmanIs_SaysHowToDoWithout()
    {
        var reply = await _api.PostAsync("machines", """{"name":"x","image":"debian:12"}""");

        Assert.Equal((400, "Images need Podman, which is not there; mend: leave out the image for a machine on this computer's own system, or 'holdfast doctor' says what Podman lacks."), (reply.Status, reply.Message));
    }

    [Fact]
    public async Task Create_AsAFormOrTooLarge_IsRefused()
    {
        Assert.Equal("The body is JSON, and its Content-Type is application/json.", (await _api.SendAsync(HttpMethod.Post, "machines", """{"name":"x"}""", "text/plain")).Message);
        Assert.Equal(400, (await _api.PostAsync("machines", $$"""{"name":"x","git":"{{new string('x', 9 << 20)}}"}""")).Status);
    }

    [Fact]
    public async Task Name_NearlyRight_IsToldWhichWasMeant()
    {
        await _hub.CreateAsync("leaves", start: false);

        foreach (var reply in new[] { await _api.GetAsync("machines/leafs"), await _api.PostAsync("machines/leafs/start"), await _api.GetAsync("machines/leafs/logs"), await _api.GetAsync("machines/leafs/loss") })
        {
            Assert.Equal((404, "not-found"), (reply.Status, reply.Code));
            Assert.Contains("Did you mean 'leaves'?", reply.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Change_SomeFields_LeavesTheOthers()
    {
        await _api.PostAsync("machines", """{"name":"leaves","git":"https://example.org/r.git","environment":{"A":"1","B":"2"}}""");

        var changed = await _api.SendAsync(HttpMethod.Patch, "machines/leaves", """{"type":"large","environment":{"A":null,"C":"3"}}""");
        var renamed = await _api.SendAsync(HttpMethod.Patch, "machines/leaves", """{"name":"other"}""");
        var without = await _api.SendAsync(HttpMethod.Patch, "machines/leaves", """{"git":null}""");

        Assert.Equal((200, "large", "https://example.org/r.git", """{"B":"2","C":"3"}"""), (changed.Status, Text(changed, "type"), Text(changed, "git"), changed.Json.GetProperty("environment").GetRawText()));
        Assert.Equal((400, "bad-request"), (renamed.Status, renamed.Code));
        Assert.Equal((JsonValueKind.Null, "large"), (without.Json.GetProperty("git").ValueKind, Text(without, "type")));
    }

    [Fact]
    public async Task Start_AndStop_ComeAsEventsAndAskBeforeALoss()
    {
        var machine = await _hub.CreateAsync("leaves", start: false);
        using var events = await _api.Http.GetStreamAsync(new Uri("machines/leaves/events", UriKind.Relative), TestHub.Cancellation);
        using var reader = new StreamReader(events);
        Assert.Equal("created", (await NextAsync(reader)).GetProperty("state").GetString());

        Assert.Equal(202, (await _api.PostAsync("machines/leaves/start", """{"type":"large"}""")).Status);
        var running = await UntilAsync(reader, "running");
        await _hub.SaysAsync(machine, "mkdir /opt/model; echo weights > /opt/model/w");
        var refused = await _api.PostAsync("machines/leaves/stop");
        var loss = await _api.GetAsync("machines/leaves/loss");
        var stopped = await _api.PostAsync("machines/leaves/stop", """{"confirmed":true}""");
        await UntilAsync(reader, "stopped");

        Assert.Equal(["create", "home", "lab"], running.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("name").GetString()));
        Assert.All(running.GetProperty("steps").EnumerateArray(), step => Assert.True(step.GetProperty("took").GetDouble() is >= 0 and < 60));
        Assert.Equal("large", running.GetProperty("type").GetString());
        Assert.Equal((409, "would-lose"), (refused.Status, refused.Code));
        Assert.Contains("/opt/model", refused.Json.GetProperty("loss").GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()));
        Assert.Contains("/opt/model", loss.Json.GetProperty("now").GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()));
        Assert.Equal(202, stopped.Status);
        Assert.Contains("/opt/model", (await _api.GetAsync("machines/leaves/loss")).Json.GetProperty("last_stop").GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()));
    }

    [Fact]
    public async Task Logs_Followed_GoOnUntilTheMachineHasStopped()
    {
        var machine = await _hub.CreateAsync("leaves");
        File.AppendAllText(_hub.Folders.OutputOf(machine.Id), "a line\n");
        using var stream = await _api.Http.GetStreamAsync(new Uri("machines/leaves/logs?follow=true&tail=7", UriKind.Relative), TestHub.Cancellation);
        using var reader = new StreamReader(stream);
        Assert.Equal("a line", await reader.ReadLineAsync(TestHub.Cancellation));
        File.AppendAllText(_hub.Folders.OutputOf(machine.Id), "another line\n");
        await _hub.StopAsync("leaves");

        var followed = await reader.ReadToEndAsync(TestHub.Cancellation);
        var tail = await _api.GetAsync("machines/leaves/logs?tail=5");

        Assert.StartsWith("another line\n", followed, StringComparison.Ordinal);
        Assert.Equal(5, tail.Text.Length);
        Assert.EndsWith(tail.Text, followed, StringComparison.Ordinal);
        Assert.Equal(400, (await _api.GetAsync("machines/leaves/logs?tail=-1")).Status);
    }

    [Fact]
    public async Task Keep_PathOfARunningMachine_IsInNoLossList()
    {
        var machine = await _hub.CreateAsync("leaves");
        await _hub.SaysAsync(machine, "mkdir /opt/model; echo weights > /opt/model/w");

        var kept = await _api.PostAsync("machines/leaves/keep", """{"paths":["/opt/model"]}""");

        Assert.Equal(200, kept.Status);
        Assert.Equal("/opt/model", kept.Json[0].GetProperty("path").GetString());
        var loss = (await _api.GetAsync("machines/leaves/loss")).Json;
        Assert.DoesNotContain("/opt/model", loss.GetProperty("now").GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()));
        Assert.Equal("/opt/model", loss.GetProperty("kept")[0].GetProperty("path").GetString());

        var wrong = await _api.PostAsync("machines/leaves/keep", """{"paths":["/opt/model","/opt/modle"],"remove":true}""");
        Assert.Equal((404, "/opt/modle is not kept in leaves. Did you mean '/opt/model'?"), (wrong.Status, wrong.Message));
        var given = await _api.PostAsync("machines/leaves/keep", """{"paths":["/opt/model"],"remove":true}""");
        Assert.Equal((200, "/opt/model"), (given.Status, given.Json[0].GetProperty("path").GetString()));
        Assert.Equal(0, (await _api.GetAsync("machines/leaves/loss")).Json.GetProperty("kept").GetArrayLength());
    }

    [Fact]
    public async Task Recipe_OfAHostMachine_IsRecordedAndNotBuilt()
    {
        var machine = await _hub.CreateAsync("leaves");
        await _hub.SaysAsync(machine, "echo weights > /opt/w");

        var none = await _api.GetAsync("machines/leaves/recipe");
        var recorded = await _api.PostAsync("machines/leaves/recipe/record", """{"files":["/opt/w"]}""");
        var diff = await _api.GetAsync("machines/leaves/recipe/diff");
        var built = await _api.PostAsync("machines/leaves/recipe/build");

        Assert.Equal((404, "not-found"), (none.Status, none.Code));
        Assert.Contains("COPY", Text(recorded, "text"), StringComparison.Ordinal);
        Assert.Equal(Text(recorded, "text"), Text(await _api.GetAsync("machines/leaves/recipe"), "text"));
        Assert.True(diff.Json.GetProperty("is_empty").GetBoolean(), diff.Text);
        Assert.StartsWith("event: error\ndata: {\"code\":\"bad-request\"", built.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ForkAndDelete_OfAMachine_AreCarriedOut()
    {
        var machine = await _hub.CreateAsync("leaves", start: false);
        HubFolders.Make(_hub.Folders.NotebooksOf(machine.Id));
        File.WriteAllText(Path.Combine(_hub.Folders.NotebooksOf(machine.Id), "a.txt"), "a");

        var forked = await _api.PostAsync("machines/leaves/fork", """{"name":"copy"}""");
        var unsaid = await _api.SendAsync(HttpMethod.Delete, "machines/leaves", null);
        var deleted = await _api.SendAsync(HttpMethod.Delete, "machines/leaves?confirm=leaves", null);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await _api.GetAsync("machines/leaves")).Status != 404) await Task.Delay(20, limit.Token);

        Assert.Equal((201, "copy"), (forked.Status, Text(forked, "name")));
        Assert.Equal("a", File.ReadAllText(Path.Combine(_hub.Folders.NotebooksOf(Text(forked, "id")!), "a.txt")));
        Assert.Equal((400, 202), (unsaid.Status, deleted.Status));
        Assert.False(Directory.Exists(_hub.Folders.NotebooksOf(machine.Id)));
    }

    private static string? Text(ApiReply reply, string name) => reply.Json.GetProperty(name).GetString();

    private static async Task<JsonElement> NextAsync(StreamReader reader)
    {
        while (true)
        {
            var line = await reader.ReadLineAsync(TestHub.Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
            Assert.NotNull(line);
            if (line.StartsWith("data: ", StringComparison.Ordinal)) return JsonDocument.Parse(line[6..]).RootElement;
        }
    }

    private static async Task<JsonElement> UntilAsync(StreamReader reader, string state)
    {
        JsonElement machine;
        do machine = await NextAsync(reader);
        while (machine.GetProperty("state").GetString() is var now && now != state && now != "failed");
        Assert.Equal(state, machine.GetProperty("state").GetString());
        return machine;
    }
}
