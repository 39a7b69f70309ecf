using System.CommandLine;
using System.Globalization;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Points;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast env</c>: environment points, and the way back to one.</summary>
internal static class EnvVerb
{
    private const string Times = "As p12, or a time: '14:00', 'yesterday 14:00', '2026-11-20 14:00', '2h ago': the newest point at or before it.";

    public static Command Create() => new("env", "What is installed in a machine, as it was: points are taken at each start and after each install, and 'back' goes back to one.")
    {
        Points(), Point(), Diff(), Back(), Remove(),
    };

    private static Command Points()
    {
        var (name, format) = (Asking.Machine(), Output.Format());
        return Asking.Verb("points", "List the points of a machine, the newest first.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.GetAsync(PathOf(parse.GetValue(name)!), cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var list = reply.Read(HubJson.Default.PointList);
            if (list.Points.Count == 0)
            {
                Console.WriteLine("No point yet. One is taken at each start and after each install.");
                return 0;
            }
            Output.Table(["POINT", "TAKEN", "WHY", "HAS", "FREES", "WHAT"], [.. list.Points.Select(point => new[] { point.Id, Output.Clock(point.Time, TimeProvider.System), Why(point), Has(point), ByteText.Of(point.Frees), What(point) })]);
            foreach (var point in list.Points)
                foreach (var sentence in point.LeftOut) Console.WriteLine($"{point.Id}: {MachineTexts.Plain(sentence)}");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ByteText.Of(list.Size)} of {ByteText.Of(list.MostSize)}; at most {list.Most} points of a machine. The oldest go first."));
            return 0;
        }, name, format);
    }

    private static Command Point()
    {
        var (name, format) = (Asking.Machine(), Output.Format());
        var note = new Option<string?>("--note") { Description = "What it is kept for. One with a note or without: a point that was asked for goes last when room is short.", HelpName = "TEXT" };
        return Asking.Verb("point", "Take a point now.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.SendAsync(HttpMethod.Post, PathOf(parse.GetValue(name)!), new PointRequest(parse.GetValue(note)), HubJson.Default.PointRequest, cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var point = reply.Read(HubJson.Default.EnvironmentPoint);
            Console.WriteLine($"{point.Id}: {Output.Count(point.Packages, "package")}, {Has(point)}.");
            foreach (var sentence in point.LeftOut) Console.WriteLine(MachineTexts.Plain(sentence));
            return 0;
        }, name, note, format);
    }

    private static Command Diff()
    {
        var (name, format) = (Asking.Machine(), Output.Format());
        var from = new Argument<string?>("A") { Description = $"{Times} Default: the newest that is not as it is at B.", Arity = ArgumentArity.ZeroOrOne };
        var to = new Argument<string?>("B") { Description = "As A. Default now.", Arity = ArgumentArity.ZeroOrOne };
        var files = new Option<bool>("--files") { Description = "Count files of home's package folders, too." };
        return Asking.Verb("diff", "Show which packages differ between two points, or a point and now.", async (parse, hub, cancellationToken) =>
        {
            var asked = parse.GetValue(name)!;
            var (a, problem) = await FindAsync(hub, asked, parse.GetValue(from), cancellationToken);
            var (b, other) = problem is null ? await FindAsync(hub, asked, parse.GetValue(to), cancellationToken) : default;
            if ((problem ?? other) is { } wrong) return wrong();
            var reply = await hub.GetAsync($"{PathOf(asked)}/{a ?? "last"}/diff?files={(parse.GetValue(files) ? "true" : "false")}{(b is null ? "" : $"&to={b}")}", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            Write(asked, reply.Read(HubJson.Default.PointDiff));
            return 0;
        }, name, from, to, files, format);
    }

    private static Command Back()
    {
        var (name, format) = (Asking.Machine(), Output.Format());
        var point = new Argument<string>("POINT") { Description = Times };
        var homeOnly = new Option<bool>("--home-only") { Description = "Bring back what is installed in your home, and leave the machine's system as it is." };
        var yes = Asking.Yes("Start the machine anew without asking, where its system has to be brought back.");
        return Asking.Verb("back", "Go back to a point: package folders of your home, and the machine's system. Nothing else of the home is touched. The present state becomes a point first. Where the machine must be started anew for it, that is asked; without a terminal nothing is done then, and the exit code is 3.", async (parse, hub, cancellationToken) =>
        {
            var (asked, json) = (parse.GetValue(name)!, parse.GetValue(format) == "json");
            var (id, problem) = await FindAsync(hub, asked, parse.GetValue(point), cancellationToken);
            if (problem is not null) return problem();
            if (id is null) return Output.Fail("'now' is no point to go back to.");
            var wish = new BackRequest(parse.GetValue(homeOnly), parse.GetValue(yes));
            var reply = await SendAsync(hub, asked, id, wish, cancellationToken);
            if (reply.Fault is { Code: "would-lose" } fault)
            {
                Console.Error.WriteLine(fault.Message);
                if (Asking.Ask("Start it anew?")) reply = await SendAsync(hub, asked, id, wish with { Confirmed = true }, cancellationToken);
                else
                {
                    if (json) reply.WriteJson();
                    Output.Fail($"nothing was changed. '{Surroundings.Program} env back {asked} {id} --yes' goes on without asking, --home-only brings back the home alone.");
                    return Asking.WouldLose;
                }
            }
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (json) return reply.WriteJson();
            Write(asked, reply.Read(HubJson.Default.BackDone));
            return 0;
        }, name, point, homeOnly, yes, format);
    }

    private static Command Remove()
    {
        var (name, format) = (Asking.Machine(), Output.Format());
        var id = new Argument<string>("POINT") { Description = "As p12." };
        return Asking.Verb("rm", "Remove a point.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.SendAsync(HttpMethod.Delete, $"{PathOf(parse.GetValue(name)!)}/{Uri.EscapeDataString(parse.GetValue(id)!)}", null, cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var point = reply.Read(HubJson.Default.EnvironmentPoint);
            Console.WriteLine($"{point.Id} is removed, {ByteText.Of(point.Frees)} are free.");
            return 0;
        }, name, id, format);
    }

    private static Task<HubReply> SendAsync(HubClient hub, string name, string id, BackRequest wish, CancellationToken cancellationToken) =>
        hub.SendAsync(HttpMethod.Post, $"{PathOf(name)}/{Uri.EscapeDataString(id)}/back", wish, HubJson.Default.BackRequest, cancellationToken);

    /// <summary>The id of the point that is meant: one as it is, a time by the list. Null for none that was said; or what says why there is none, with the exit code.</summary>
    private static async Task<(string? Id, Func<int>? Problem)> FindAsync(HubClient hub, string name, string? text, CancellationToken cancellationToken)
    {
        if (text is null or "now" || (text.Length > 1 && text[0] == 'p' && text.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0)) return (text == "now" ? null : text, null);
        if (PointTime.Parse(text, TimeProvider.System) is not { } time) return (null, () => Output.Fail($"'{text}' is no point and no time: p12, '14:00', 'yesterday 14:00', '2026-11-20 14:00', '2h ago'."));
        var reply = await hub.GetAsync(PathOf(name), cancellationToken);
        if (reply.Fault is not null) return (null, () => Asking.Fail(reply));
        var points = reply.Read(HubJson.Default.PointList).Points;
        return points.FirstOrDefault(point => point.Time <= time) is { } found ? (found.Id, null)
            : (null, () => Output.Fail($"there is no point of {name} from {Output.Clock(time, TimeProvider.System)} or before{(points.Count > 0 ? $"; the oldest is {points[^1].Id} of {Output.Clock(points[^1].Time, TimeProvider.System)}" : "")}."));
    }

    private static void Write(string name, PointDiff diff)
    {
        if (diff.From is null)
        {
            Console.WriteLine($"No point of {name} has another environment than {(diff.To is { } only ? only.Id : "now")}.");
            return;
        }
        Console.WriteLine($"{name}: {Named(diff.From)} → {(diff.To is { } to ? Named(to) : "now")}");
        foreach (var package in diff.Packages)
            Console.WriteLine($"  {MachineTexts.Plain($"{package.Source} {package.Name} {(package.Before, package.After) switch
            {
                (null, var now) => $"{now} is new",
                (var before, null) => $"{before} is gone",
                var (before, now) => $"{before} → {now}",
            }}{(package.Place.Length > 0 ? $"  ({package.Place})" : "")}")}");
        if (diff.Packages.Count == 0) Console.WriteLine("  the same packages");
        if (diff.Files is { } files) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  files of home's package folders: {files.Added} new, {files.Removed} gone, {files.Changed} changed"));
        if (diff.SystemDiffers is { } differs) Console.WriteLine(differs ? "  the machine's system is not the same" : "  the machine's system is the same");
    }

    private static void Write(string name, BackDone done)
    {
        if (done.Saved is null) Console.WriteLine($"{name} is as it was at {Named(done.Point)}: nothing was changed.");
        else Console.WriteLine($"{name} went back to {Named(done.Point)}. '{Surroundings.Program} env back {name} {done.Saved}' undoes it.");
        if (done.Folders.Count > 0) Console.WriteLine($"  home: {string.Join(", ", done.Folders.Select(MachineTexts.Plain))}");
        if (done.System != SystemBack.Stays) Console.WriteLine(done.System == SystemBack.Restarts ? $"  system: {name} is being started anew with it" : $"  system: the next start of {name} begins with it");
        foreach (var note in done.Notes) Console.WriteLine($"  {MachineTexts.Plain(note)}");
    }

    private static string Named(EnvironmentPoint point) => $"{point.Id} ({Output.Clock(point.Time, TimeProvider.System)}, {Why(point)}{(point.Words.Length > 0 ? $": {MachineTexts.Plain(point.Words)}" : "")})";

    private static string Why(EnvironmentPoint point) => point.Why.ToString().ToLowerInvariant();

    private static string Has(EnvironmentPoint point) => (point.HasHome, point.System) switch
    {
        (true, not SystemPart.None) => "home, system",
        (true, _) => "home",
        (_, not SystemPart.None) => "system",
        _ => "lists only",
    };

    private static string What(EnvironmentPoint point) => MachineTexts.Plain((point.IsHere ? "" : $"{point.Machine}: ") + point.Words);

    private static string PathOf(string name) => Asking.PathOf(name, "/points");
}
