using System.CommandLine;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast people</c>: who may use the hub.</summary>
internal static class PeopleVerb
{
    public static Command Create() => new("people", "Who may use the hub. For administrators.") { List(), Invite(), Remove() };

    private static Command List()
    {
        var format = Output.Format();
        return Asking.Verb("ls", "List people.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.GetAsync("people", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            Output.Table(["NAME", "ROLE", "PASSWORD", "SINCE"],
                [.. reply.Read(HubJson.Default.PersonArray).Select(person => new[] { person.Name, person.Role, person.HasPassword ? "set" : "not yet", Output.Clock(person.Created, TimeProvider.System) })]);
            return 0;
        }, format);
    }

    private static Command Invite()
    {
        var name = new Argument<string?>("NAME") { Description = "Their login name; of somebody who is there: for a new password. Default they choose one.", Arity = ArgumentArity.ZeroOrOne };
        var admin = new Option<bool>("--admin") { Description = "As an administrator." };
        var format = Output.Format();
        return Asking.Verb("invite", "Print a link, good once and for three days, by which somebody chooses a password.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.SendAsync(HttpMethod.Post, "people/invite", new InviteRequest(parse.GetValue(name), parse.GetValue(admin) ? "admin" : "member"), HubJson.Default.InviteRequest, cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            Console.WriteLine(reply.Read(HubJson.Default.InviteView).Link);
            return 0;
        }, name, admin, format);
    }

    private static Command Remove()
    {
        var name = new Argument<string>("NAME") { Description = "Their login name." };
        var (yes, quiet) = (Asking.Yes("Remove them without asking."), Asking.Quiet());
        return Asking.Verb("rm", "Remove somebody, with their tokens and secrets. Their home stays; their machines must be gone.", async (parse, hub, cancellationToken) =>
        {
            var asked = parse.GetValue(name)!;
            var people = await hub.GetAsync("people", cancellationToken);
            if (people.Fault is not null) return Asking.Fail(people);
            if (people.Read(HubJson.Default.PersonArray).All(person => person.Name != asked)) return Output.Fail($"there is nobody called '{asked}'. 'holdfast people ls' lists people.");
            if (!parse.GetValue(yes) && !Asking.Ask($"Remove {asked}, with their tokens and secrets?"))
            {
                Output.Fail($"{asked} stays. 'holdfast people rm {asked} --yes' removes them without asking.");
                return Asking.WouldLose;
            }
            var reply = await hub.DeleteAsync($"people/{Uri.EscapeDataString(asked)}", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (!parse.GetValue(quiet)) Console.WriteLine($"{asked} is removed.");
            return 0;
        }, name, yes, quiet);
    }
}
