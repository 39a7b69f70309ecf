using System.CommandLine;
using System.CommandLine.Completions;
using System.Text.Json;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary>What the verbs have in common that ask a hub.</summary>
internal static class Asking
{
    /// <summary>The exit code when something would have been lost and nobody said that it may be.</summary>
    public const int WouldLose = 3;

    private static readonly TimeSpan CompletionLimit = TimeSpan.FromSeconds(1);

    /// <summary>A verb that asks a hub. It gets <c>--hub</c>, and what the hub does not do is said on stderr.</summary>
    public static Command Verb(string name, string description, Func<ParseResult, HubClient, CancellationToken, Task<int>> run, params Symbol[] parts)
    {
        var hub = new Option<string?>("--hub") { Description = "The hub. Default HOLDFAST_HUB_URL, else that of the last login, else the one on this computer.", HelpName = "URL" };
        var data = new Option<string?>("--data") { Description = "The hub on this computer that has this data folder.", HelpName = "DIR" };
        var verb = new Command(name, description);
        foreach (var part in parts)
        {
            if (part is Argument argument) verb.Add(argument);
            else verb.Add((Option)part);
        }
        verb.Add(hub);
        verb.Add(data);
        verb.SetAction(async (parse, cancellationToken) =>
        {
            var (client, problem) = HubClient.Find(parse.GetValue(hub), parse.GetValue(data));
            if (client is null) return Output.Fail(problem!);
            using (client) return await run(parse, client, cancellationToken);
        });
        return verb;
    }

    /// <summary>The argument that names a machine; the shell completes it.</summary>
    public static Argument<string> Machine()
    {
        var name = Named(new Argument<string>("NAME") { Description = "The machine's name, as 'holdfast machine ls' lists it." });
        name.CompletionSources.Add(_ => Complete("machines", reply => reply.Read(HubJson.Default.MachineViewArray).Select(machine => machine.Name)));
        return name;
    }

    /// <summary>The argument that names an image; the shell completes it.</summary>
    public static Argument<string> Image(string name = "IMAGE")
    {
        var image = new Argument<string>(name) { Description = "The image's name or id, as 'holdfast image ls' lists it; without a tag the newest." };
        image.CompletionSources.Add(_ => Complete("images", reply => reply.Read(HubJson.Default.ImageViewArray).SelectMany(each => each.Names)));
        return image;
    }

    /// <summary>One that must not be empty, as an unset variable of a shell is.</summary>
    public static Argument<T> Named<T>(Argument<T> argument)
    {
        argument.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.Length == 0)) result.AddError($"{argument.Name} is empty.");
        });
        return argument;
    }

    public static Option<bool> Yes(string what) => new("--yes", "-y") { Description = what };

    public static Option<bool> Quiet() => new("--quiet", "-q") { Description = "Say nothing that is not asked for: names alone." };

    /// <summary>The path of a machine in the API.</summary>
    public static string PathOf(string name, string rest = "") => $"machines/{Uri.EscapeDataString(name)}{rest}";

    /// <summary>Says what the hub did not do.</summary>
    public static int Fail(HubReply reply) => Output.Fail(reply.Fault!.Code == "not-logged-in" ? $"{reply.Fault.Message} '{Surroundings.Program} login' logs in." : reply.Fault.Message);

    /// <summary>Asks on a terminal; no where there is none.</summary>
    public static bool Ask(string question)
    {
        if (Console.IsInputRedirected) return false;
        Console.Error.Write($"{question} [y/N] ");
        return Console.ReadLine()?.Trim().ToUpperInvariant() is "Y" or "YES";
    }

    /// <summary>What the shell may complete, from an answer of the hub; nothing where it does not come at once.</summary>
    public static IEnumerable<CompletionItem> Complete(string path, Func<HubReply, IEnumerable<string>> words)
    {
        try
        {
            var (hub, _) = HubClient.Find(null);
            using var limit = new CancellationTokenSource(CompletionLimit);
            using (hub)
            {
                // The library asks for completions without waiting.
                var reply = hub?.GetAsync(path, limit.Token).GetAwaiter().GetResult();
                return reply is { Fault: null } ? [.. words(reply).Select(word => new CompletionItem(word))] : [];
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OperationCanceledException or JsonException)
        {
            return [];
        }
    }
}
