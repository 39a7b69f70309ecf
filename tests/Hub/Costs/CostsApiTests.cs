using System.Globalization;
using System.Text;
using System.Text.Json;
using Holdfast.Hub.Costs;
using Holdfast.Hub.Events;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Tests.Api;

namespace Holdfast.Hub.Tests.Costs;

/// <summary>Costs and events over the API, with a real machine of the host engine.</summary>
public sealed class CostsApiTests : IAsyncLifetime
{
    private readonly TestHub _hub = new(options => options with
    {
        // A price at which a second is money.
        Settings = new HubSettings { Types = [new MachineType("dear", null, null, 0, null, 1_000_000m)], MonthBudget = 1, Currency = "EUR" },
    });

    private ApiClient _api = null!;

    public async ValueTask InitializeAsync() => _api = new ApiClient(await _hub.StartAsync());

    public ValueTask DisposeAsync()
    {
        _api?.Dispose();
        return _hub.DisposeAsync();
    }

    [Fact]
    public async Task Machine_ThatEndsWhileNoHubIsThere_IsChargedUntilItsEnd()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Machines of the host engine have their own roots as root only.");
        var machine = await _hub.CreateAsync("leaves");
        var running = (await _api.GetAsync("machines/leaves")).Json;
        var report = (await _api.GetAsync("costs")).Json;
        _hub.Service<BudgetWatch>().Look();
        var open = _hub.Service<CostLedger>().Current(machine.Id)!;
        await _hub.EndAsync();
        var status = await _hub.Host.StopAsync(machine.Id, TimeSpan.FromSeconds(10), TestHub.Cancellation);
        _api.Dispose();

        _api = new ApiClient(await _hub.StartAsync());

        var ended = (await _hub.UntilAsync(machine.Id, record => record.State is MachineState.Stopped or MachineState.Failed)).State.ToString().ToLowerInvariant();
        var charge = Assert.Single(_hub.Service<CostLedger>().Of(machine.Id, DateTimeOffset.UnixEpoch));
        Assert.Equal((open.Id, 1_000_000m, "dear"), (charge.Id, charge.Price, charge.Type));
        Assert.InRange(charge.Ended!.Value, charge.Began, status.Value!.Ended is { } end ? end.AddMilliseconds(1) : charge.Seen);
        Assert.InRange(running.GetProperty("price_so_far").GetDecimal(), 0.01m, running.GetProperty("cost_month").GetDecimal());
        Assert.Equal("leaves", Assert.Single(report.GetProperty("machines").EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal("over", report.GetProperty("budget").GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Null, (await _api.GetAsync("machines/leaves")).Json.GetProperty("price_so_far").ValueKind);
        Assert.StartsWith("kind,id,name", (await _api.GetAsync("costs.csv")).Text, StringComparison.Ordinal);
        Assert.Equal("bad-request", (await _api.GetAsync("costs?month=2026-14")).Code);

        var kinds = (await _api.GetAsync("events")).Json.EnumerateArray().Select(happened => happened.GetProperty("kind").GetString()).Reverse().ToList();
        Assert.Equal(["hub.started", "machine.starting", "machine.running", "budget.over", "hub.ended", "hub.started", $"machine.{ended}"], kinds);
        Assert.Equal("bad-request", (await _api.GetAsync("events?most=0")).Code);
        Assert.Equal(["machine.starting", "machine.running", $"machine.{ended}"], (await _api.GetAsync("events?machine=leaves")).Json.EnumerateArray().Select(happened => happened.GetProperty("kind").GetString()).Reverse());
    }

    [Fact]
    public async Task Events_Followed_GoOnAfterTheLastAndEndWithTheLogin()
    {
        var log = _hub.Service<EventLog>();
        var made = (await _api.PostAsync("tokens", """{"name":"events","scope":"read"}""")).Json;
        using var client = new ApiClient(_hub, made.GetProperty("token").GetString());
        log.Add("test.event", null, null, "before");
        List<string> ids = [];
        await using (var first = await OpenAsync(client, null))
        {
            ids.Add((await first.NextAsync()).Id);
            log.Add("test.event", null, null, "one");
            var one = await first.NextAsync();
            Assert.Equal("one", Text(one.Data));
            ids.Add(one.Id);
        }
        log.Add("test.event", null, null, "two");
        await using var second = await OpenAsync(client, ids[1]);
        await second.NextAsync();
        Assert.Equal("two", Text((await second.NextAsync()).Data));

        await _api.SendAsync(HttpMethod.Delete, $"tokens/{made.GetProperty("id").GetString()}", null);

        await Assert.ThrowsAnyAsync<Exception>(second.NextAsync);
        Assert.Equal(1, long.Parse(ids[1], CultureInfo.InvariantCulture) - long.Parse(ids[0], CultureInfo.InvariantCulture));

        static string? Text(string json) => JsonDocument.Parse(json).RootElement.GetProperty("text").GetString();
    }

    private static async Task<Following> OpenAsync(ApiClient client, string? after)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "events");
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (after is not null) request.Headers.Add("Last-Event-ID", after);
        var response = await client.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestHub.Cancellation);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new Following(response, new StreamReader(await response.Content.ReadAsStreamAsync(TestHub.Cancellation), Encoding.UTF8));
    }

    /// <summary>Events as they come over the wire.</summary>
    private sealed class Following(HttpResponseMessage response, StreamReader reader) : IAsyncDisposable
    {
        /// <summary>The next block that has an id.</summary>
        public async Task<(string Id, string Data)> NextAsync()
        {
            var (id, data) = ("", "");
            while (await reader.ReadLineAsync(TestHub.Cancellation) is { } line)
            {
                if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
                else if (line.StartsWith("data: ", StringComparison.Ordinal)) data = line[6..];
                else if (line.Length == 0 && id.Length > 0) return (id, data);
            }
            throw new EndOfStreamException();
        }

        public ValueTask DisposeAsync()
        {
            reader.Dispose();
            response.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
