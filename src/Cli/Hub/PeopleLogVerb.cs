using System.CommandLine;
using System.Globalization;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast people log</c>: who did what.</summary>
internal static class PeopleLogVerb
{
    public static Command Create()
    {
        var person = new Option<string?>("--person") { Description = "Only what they did.", HelpName = "NAME" };
        var action = new Option<string?>("--action") { Description = "Only actions that begin so, as machine. or hook.approve.", HelpName = "ACTION" };
        var subject = new Option<string?>("--subject") { Description = "Only what was done to this machine, person or hook.", HelpName = "NAME" };
        var since = Age.Option("--since", "Not older than that, as 7d or 12h.");
        var before = new Option<long?>("--before") { Description = "Only lines before this one, to go back further.", HelpName = "ID" };
        var most = new Option<int>("-n", "--most") { Description = "At most so many, up to 1000. Default 50.", HelpName = "COUNT", DefaultValueFactory = _ => 50 };
        var format = Output.Format();
        return Asking.Verb("log", "Show who did what, the newest last. For administrators.", async (parse, hub, cancellationToken) =>
        {
            var from = parse.GetValue(since) is { } age ? (TimeProvider.System.GetUtcNow() - age).ToString("O", CultureInfo.InvariantCulture) : null;
            (string Name, string? Value)[] filters =
            [
                ("person", parse.GetValue(person)), ("action", parse.GetValue(action)), ("subject", parse.GetValue(subject)), ("since", from), ("before", parse.GetValue(before)?.ToString(CultureInfo.InvariantCulture)),
            ];
            var query = string.Concat(filters.Where(filter => filter.Value is not null).Select(filter => $"&{filter.Name}={Uri.EscapeDataString(filter.Value!)}"));
            var reply = await hub.GetAsync($"audit?most={parse.GetValue(most)}{query}", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var lines = reply.Read(HubJson.Default.AuditLineArray);
            if (lines.Length == 0) Console.WriteLine("No line in the log.");
            else
            {
                Output.Table(["LINE", "TIME", "WHO", "ACTION", "SUBJECT", "DETAIL"],
                [
                    .. lines.Reverse().Select(line => new[]
                    {
                        line.Id.ToString(CultureInfo.InvariantCulture), Output.Clock(line.Time, TimeProvider.System), line.Person ?? "-", line.Action, MachineTexts.Plain(line.Subject ?? "-"), MachineTexts.Plain(line.Detail ?? ""),
                    }),
                ]);
            }
            return 0;
        }, person, action, subject, since, before, most, format);
    }
}
