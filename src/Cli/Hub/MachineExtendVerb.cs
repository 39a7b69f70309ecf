using System.CommandLine;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast machine extend NAME TIME</c>.</summary>
internal static class MachineExtendVerb
{
    public static Command Create()
    {
        var (name, format, quiet) = (Asking.Machine(), Output.Format(), Asking.Quiet());
        var span = new Argument<TimeSpan>("TIME")
        {
            Description = "For so long from now: 2h, 30m, 1d.",
            CustomParser = result =>
            {
                var parsed = Age.Parse(result.Tokens[0].Value);
                if (parsed is null) result.AddError($"TIME {Age.Problem(result.Tokens[0].Value)}");
                return parsed ?? default;
            },
        };
        return Asking.Verb("extend", "Have a machine that runs not be stopped by the hub for a while, idle or at its time limit. A longer time that was said before stays.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.SendAsync(HttpMethod.Post, Asking.PathOf(parse.GetValue(name)!, "/extend"), new ExtendRequest(parse.GetValue(span)), HubJson.Default.ExtendRequest, cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var machine = reply.Read(HubJson.Default.MachineView);
            if (!parse.GetValue(quiet)) Console.WriteLine(ActivityTexts.Stop(machine) is { } stop ? $"{machine.Name} {stop}." : $"{machine.Name} is not stopped by the hub.");
            return 0;
        }, name, span, quiet, format);
    }
}
