using System.CommandLine;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast people sessions</c> and <c>end-session</c>: where somebody is logged in by browser.</summary>
internal static class PeopleSessionsVerb
{
    public static Command List()
    {
        var name = new Argument<string?>("NAME") { Description = "Their login name. Default your own.", Arity = ArgumentArity.ZeroOrOne };
        var format = Output.Format();
        return Asking.Verb("sessions", "List where somebody is logged in by browser: you, or for administrators anybody.", async (parse, hub, cancellationToken) =>
        {
            var (path, fault) = await PathAsync(hub, parse.GetValue(name), cancellationToken);
            if (path is null) return Asking.Fail(fault!);
            var reply = await hub.GetAsync(path, cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var sessions = reply.Read(HubJson.Default.SessionArray);
            if (sessions.Length == 0) Console.WriteLine("Logged in nowhere.");
            else Output.Table(["SESSION", "SINCE", "USED", "BROWSER"], [.. sessions.Select(session => new[] { session.Id, Clock(session.Created), Clock(session.Seen), MachineTexts.Plain(session.About) })]);
            return 0;
        }, name, format);
    }

    public static Command End()
    {
        var name = new Argument<string>("NAME") { Description = "Their login name." };
        var id = new Argument<string?>("SESSION") { Description = "Its id, as 'holdfast people sessions' lists it. Default all of theirs.", Arity = ArgumentArity.ZeroOrOne };
        var quiet = Asking.Quiet();
        return Asking.Verb("end-session", "Log somebody out: of one browser, or of all. API tokens stay good; 'token revoke' ends them.", async (parse, hub, cancellationToken) =>
        {
            var rest = parse.GetValue(id) is { } session ? $"/{Uri.EscapeDataString(session)}" : "";
            var reply = await hub.DeleteAsync($"people/{Uri.EscapeDataString(parse.GetValue(name)!)}/sessions{rest}", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (!parse.GetValue(quiet)) Console.WriteLine(rest.Length > 0 ? "The session is ended." : $"{parse.GetValue(name)} is logged out everywhere.");
            return 0;
        }, name, id, quiet);
    }

    private static async Task<(string? Path, HubReply? Fault)> PathAsync(HubClient hub, string? name, CancellationToken cancellationToken)
    {
        if (name is null)
        {
            var me = await hub.GetAsync("me", cancellationToken);
            if (me.Fault is not null) return (null, me);
            name = me.Read(HubJson.Default.Caller).Name;
        }
        return ($"people/{Uri.EscapeDataString(name)}/sessions", null);
    }

    private static string Clock(DateTimeOffset time) => Output.Clock(time, TimeProvider.System);
}
