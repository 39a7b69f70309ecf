using System.CommandLine;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;

namespace Holdfast.Cli.Keeper;

/// <summary><c>holdfast keeper prune</c>: makes room. Lists what would go, and lets it go only when somebody says so.</summary>
internal static class KeeperPruneVerb
{
    public static Command Create()
    {
        var root = new Option<string?>("--root") { Description = "Only kernels of labs on this folder. Default all.", HelpName = "DIR" };
        var older = Age.Option("--older-than", "Only what was last written longer ago than this, as 7d or 12h. Default any age.");
        var unsaved = new Option<bool>("--even-if-not-saved") { Description = "Also what is not whole in a notebook: it is gone then." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Let it go without asking." };
        var format = Output.Format();
        var command = new Command("prune", "Let go of journals whose outputs are whole in their notebooks. Lists them and asks first; with -o json and without --yes it only lists.")
        {
            root, older, unsaved, yes, format,
        };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var order = new PruneOrder
            {
                Root = parse.GetValue(root) is { } folder ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) : null,
                OlderThan = parse.GetValue(older),
                EvenIfNotSaved = parse.GetValue(unsaved),
                OnlyLook = true,
            };
            if (KeeperContact.SocketProblem(Surroundings.Home) is { } problem) return Output.Fail(problem);
            // Only the keeper writes journals: when none runs, one is started, and ends by itself.
            var (client, failure) = await KeeperClient.ConnectAsync(Surroundings.Home, cancellationToken: cancellationToken);
            if (client is null) return Output.Fail(failure!.Message);
            await using var keeper = client;
            var found = await keeper.PruneAsync(order, cancellationToken);
            if (!found.Ok) return Output.Fail(found.Failure.Message);
            var json = parse.GetValue(format) == "json";
            if (!json) WriteText(found.Value);
            var agreed = found.Value.Count > 0 && (parse.GetValue(yes) || (!json && Confirm(order.EvenIfNotSaved)));
            if (!agreed)
            {
                if (json) WriteJson(found.Value, done: false);
                return json || found.Value.Count == 0 ? 0 : Output.Fail("nothing was let go. 'holdfast keeper prune --yes' does it without asking.");
            }

            var gone = await keeper.PruneAsync(order with { OnlyLook = false }, cancellationToken);
            if (!gone.Ok) return Output.Fail(gone.Failure.Message);
            if (json) WriteJson(gone.Value, done: true);
            else Console.WriteLine($"{ByteText.Of(gone.Value.Where(part => part.Error is null).Sum(part => part.Bytes))} were let go. 'holdfast outputs' says of each notebook what and when.");
            return gone.Value.FirstOrDefault(part => part.Error is not null) is { } left ? Output.Fail(left.Error!) : 0;
        });
        return command;
    }

    private static void WriteText(IReadOnlyList<JournalPart> parts)
    {
        if (parts.Count == 0)
        {
            Console.WriteLine("Nothing may go.");
            return;
        }

        Output.Table(["KERNEL", "LAST WRITTEN", "SIZE", "SAVED", "NOTEBOOK"],
            [.. parts.OrderBy(part => part.Written).Select(part => new[]
            {
                part.Kernel,
                Output.Clock(part.Written, TimeProvider.System),
                ByteText.Of(part.Bytes),
                part.Saved ? "yes" : "NO",
                part.Documents.Count > 0 ? string.Join(", ", part.Documents) : "-",
            })]);
        Console.WriteLine($"{ByteText.Of(parts.Sum(part => part.Bytes))} in {Output.Count(parts.Select(part => part.Kernel).Distinct().Count(), "journal")}.");
    }

    private static bool Confirm(bool evenIfNotSaved)
    {
        if (Console.IsInputRedirected) return false;
        Console.Write(evenIfNotSaved ? "Let it go? What is not saved is gone then. [y/N] " : "Let it go? [y/N] ");
        return Console.ReadLine()?.Trim().ToUpperInvariant() is "Y" or "YES";
    }

    private static void WriteJson(IReadOnlyList<JournalPart> parts, bool done) => Output.Json(json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("done", done);
        json.WriteNumber("bytes", parts.Where(part => part.Error is null).Sum(part => part.Bytes));
        json.WriteStartArray("parts");
        foreach (var part in parts)
        {
            json.WriteStartObject();
            json.WriteString("kernel", part.Kernel);
            json.WriteString("root", part.Root);
            json.WriteStartArray("documents");
            foreach (var document in part.Documents) json.WriteStringValue(document);
            json.WriteEndArray();
            json.WriteBoolean("ended", part.Ended);
            json.WriteNumber("from", part.From);
            json.WriteNumber("to", part.To);
            json.WriteNumber("bytes", part.Bytes);
            json.WriteString("written", part.Written);
            json.WriteBoolean("saved", part.Saved);
            json.WriteString("error", part.Error);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
