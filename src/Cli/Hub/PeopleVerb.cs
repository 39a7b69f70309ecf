using System.CommandLine;
using System.Globalization;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast people</c>: who may use the hub. What they do there is in <see cref="PeopleLogVerb"/>, where they are logged in in <see cref="PeopleSessionsVerb"/>.</summary>
internal static class PeopleVerb
{
    public static Command Create() => new("people", "Who may use the hub. For administrators; your own sessions are for you.")
    {
        List(), Invite(), Invitations(), Withdraw(), Role(), Budget(), Remove(), PeopleSessionsVerb.List(), PeopleSessionsVerb.End(), PeopleLogVerb.Create(),
    };

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

    private static Command Invitations()
    {
        var format = Output.Format();
        return Asking.Verb("invitations", "List invitations that were not used yet. Their links are not shown again.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.GetAsync("invitations", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var list = reply.Read(HubJson.Default.InvitationArray);
            if (list.Length == 0) Console.WriteLine($"No invitation waits. '{Surroundings.Program} people invite' makes one.");
            else Output.Table(["INVITATION", "NAME", "ROLE", "MADE", "ENDS"], [.. list.Select(one => new[] { one.Id, one.Person ?? "they choose", one.Role, Clock(one.Created), Clock(one.Expires) })]);
            return 0;
        }, format);
    }

    private static Command Withdraw()
    {
        var id = new Argument<string>("INVITATION") { Description = "Its id, as 'holdfast people invitations' lists it." };
        var quiet = Asking.Quiet();
        return Asking.Verb("withdraw", "Make an invitation void, at once.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.DeleteAsync($"invitations/{Uri.EscapeDataString(parse.GetValue(id)!)}", cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (!parse.GetValue(quiet)) Console.WriteLine("The invitation is void.");
            return 0;
        }, id, quiet);
    }

    private static Command Role()
    {
        var name = new Argument<string>("NAME") { Description = "Their login name." };
        var role = new Argument<string>("ROLE") { Description = "admin or member." };
        role.CompletionSources.Add("admin", "member");
        var (quiet, format) = (Asking.Quiet(), Output.Format());
        return Asking.Verb("role", "Make somebody administrator or member. It holds at once.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.SendAsync(HttpMethod.Put, $"people/{Uri.EscapeDataString(parse.GetValue(name)!)}/role", new RoleRequest(parse.GetValue(role)!), HubJson.Default.RoleRequest, cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            if (!parse.GetValue(quiet)) Console.WriteLine($"{parse.GetValue(name)} is {reply.Read(HubJson.Default.Person).Role} now.");
            return 0;
        }, name, role, quiet, format);
    }

    private static Command Budget()
    {
        var name = new Argument<string>("NAME") { Description = "Their login name." };
        var amount = new Argument<string>("AMOUNT") { Description = "For a month, as 50 or 12.50; 'default' for what hub.yaml says." };
        var (quiet, format) = (Asking.Quiet(), Output.Format());
        return Asking.Verb("budget", "Set what somebody may cost a month before the hub warns. Nothing is stopped because of it.", async (parse, hub, cancellationToken) =>
        {
            var text = parse.GetValue(amount)!;
            if (Amount(text) is not { } wish) return Output.Fail($"AMOUNT is an amount of money for a month, as 50 or 12.50, or 'default', not '{text}'.");
            var reply = await hub.SendAsync(HttpMethod.Put, $"people/{Uri.EscapeDataString(parse.GetValue(name)!)}/budget", wish, HubJson.Default.BudgetRequest, cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var budget = reply.Read(HubJson.Default.PersonBudget);
            if (!parse.GetValue(quiet)) Console.WriteLine($"{budget.Person} has {(budget.Amount is { } month ? $"a budget of {month.ToString("0.00", CultureInfo.InvariantCulture)} a month" : "no budget")}{(budget.IsOwn ? "" : ", as hub.yaml says")}.");
            return 0;
        }, name, amount, quiet, format);
    }

    private static BudgetRequest? Amount(string text) => text == "default" ? new BudgetRequest(null)
        : decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) ? new BudgetRequest(amount)
        : null;

    private static string Clock(DateTimeOffset time) => Output.Clock(time, TimeProvider.System);

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
