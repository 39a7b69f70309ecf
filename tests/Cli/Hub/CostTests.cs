using System.Text.Json;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests.Hub;

/// <summary><c>holdfast cost</c>, <c>events</c> and <c>people</c>, with a real hub.</summary>
public sealed class CostTests
{
    [Fact]
    public async Task Cost_OfAMachineThatRuns_IsShownByEachWay()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Machines of the host engine have their own roots as root only.");
        await using var place = new Place();
        // A price at which a second is money.
        place.Write("state/hub/hub.yaml", "currency: EUR\nbudgets: {month: 1}\ntypes:\n  - {name: dear, price: 360000}\n");
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        var nothing = await place.RunAsync("cost");
        await place.RunAsync("machine", "create", "leaves", "--start");

        var ran = await place.RunAsync("cost");
        var days = await place.RunAsync("cost", "--by", "day");
        var people = await place.RunAsync("cost", "--by", "person");
        var csv = await place.RunAsync("cost", "--csv");
        var json = (await place.RunAsync("cost", "-o", "json")).Json;

        Assert.Matches(@"^Costs of \d{4}-\d\d until .* \(UTC\), in EUR\n\nNothing has cost anything.\n\nTotal     0.00: machines 0.00, storage 0.00\nForecast  0.00 .*\nBudget    1.00, 0 % used\n$", nothing.Out);
        Assert.Matches(@"(?m)^MACHINE  OWNER +TYPE  RAN +COST$", ran.Out);
        Assert.Matches(@"(?m)^leaves   \S+ +dear  .*, runs +\d+\.\d\d$", ran.Out);
        Assert.Matches(@"(?m)^Forecast  \d.* if it goes on as in the last days, \d.* if all that runs now runs on \(360000.00 an hour\)$", ran.Out);
        Assert.Matches(@"(?m)^Budget    1.00, \d+ % used$", ran.Out);
        Assert.Matches(@"(?m)^\d{4}-\d\d-\d\d +\d+\.\d\d$", days.Out);
        Assert.Matches(@"(?m)^PERSON +BUDGET +COST$", people.Out);
        Assert.Matches(@"^kind,id,name,.*\r\nmachine,m\w+,leaves,.*\r\nsum of machines,.*\r\nsum of volumes,.*\r\nsum,.*\r\n$", csv.Out);
        Assert.Equal(json.GetProperty("total").GetDecimal(), json.GetProperty("machines").EnumerateArray().Sum(machine => machine.GetProperty("cost").GetDecimal()));
        Assert.Equal(new Ran(1, "", "holdfast: A month is written as 2026-11, not 'May'.\n"), await place.RunAsync("cost", "--month", "May"));
        Assert.Equal((2, true), await place.RunAsync("cost", "--by", "week") is var wrong ? (wrong.ExitCode, wrong.Errors.StartsWith("holdfast: --by is machine, person, volume or day, not 'week'.", StringComparison.Ordinal)) : default);
    }

    [Fact]
    public async Task Events_Followed_ComeAsTheyHappen()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Machines of the host engine have their own roots as root only.");
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");

        var followed = await place.BashAsync(
            "cd \"$1\"; \"$0\" events -f -o json > followed & pid=$!; \"$0\" machine create leaves --start > made 2>&1; timeout 60 bash -c 'until grep -q machine.running followed; do sleep 0.05; done'; kill $pid; cat followed", place.PathOf("state"));
        var shown = await place.RunAsync("events", "--machine", "leaves", "-n", "1");
        var json = await place.RunAsync("events", "-o", "json");

        Assert.Equal(["hub.started", "machine.starting", "machine.running"], followed.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("kind").GetString()));
        Assert.Matches(@"^\d\d:\d\d +machine.running +leaves runs.\n$", shown.Out);
        Assert.Equal(3, json.Json.GetArrayLength());
        Assert.Equal(new Ran(0, "Nothing has happened yet.\n", ""), await place.RunAsync("events", "--machine", "trees"));
        Assert.Equal(new Ran(1, "", "holdfast: 'before' is the id of an event, 'most' a number from 1 to 1000.\n"), await place.RunAsync("events", "-n", "0"));
    }

    [Fact]
    public async Task People_InvitedAndChanged_AreInTheLog()
    {
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        var me = (await place.RunAsync("whoami")).Out.Split(',', ' ')[0];
        await place.RunAsync("people", "invite", "bob");

        var id = (await place.RunAsync("people", "invitations", "-o", "json")).Json[0].GetProperty("id").GetString()!;
        var invitations = await place.RunAsync("people", "invitations");
        var withdrawn = await place.RunAsync("people", "withdraw", id);
        var last = await place.RunAsync("people", "role", me, "member");
        var budget = await place.RunAsync("people", "budget", me, "12.5");
        var log = await place.RunAsync("people", "log", "--action", "person.", "-n", "3");

        Assert.Matches($@"^INVITATION +NAME +ROLE +MADE +ENDS\n{id}  bob +member +.*\n$", invitations.Out);
        Assert.Equal(new Ran(0, "The invitation is void.\n", ""), withdrawn);
        Assert.Equal(new Ran(0, $"No invitation waits. '{Published.Path} people invite' makes one.\n", ""), await place.RunAsync("people", "invitations"));
        Assert.Equal((1, $"holdfast: {me} is the last administrator; mend: make somebody else one first.\n"), (last.ExitCode, last.Errors));
        Assert.Equal(new Ran(0, $"{me} has a budget of 12.50 a month.\n", ""), budget);
        Assert.Equal(new Ran(0, $"{me} has no budget, as hub.yaml says.\n", ""), await place.RunAsync("people", "budget", me, "default"));
        Assert.Equal(new Ran(1, "", "holdfast: AMOUNT is an amount of money for a month, as 50 or 12.50, or 'default', not 'much'.\n"), await place.RunAsync("people", "budget", me, "much"));
        Assert.Matches($@"^LINE +TIME +WHO +ACTION +SUBJECT +DETAIL\n\d+ .*  person.invite +bob +member\n\d+ .*  person.withdraw +bob +member\n\d+ .*  person.budget +{me} +12.5\n$", log.Out);
        Assert.Equal(new Ran(0, "Logged in nowhere.\n", ""), await place.RunAsync("people", "sessions"));
        Assert.Equal(new Ran(0, $"{me} is logged out everywhere.\n", ""), await place.RunAsync("people", "end-session", me));
        Assert.Equal(new Ran(1, "", "holdfast: There is nobody named bob.\n"), await place.RunAsync("people", "sessions", "bob"));
    }
}
