using System.CommandLine;
using Holdfast.Journal;
using Holdfast.Keeper.Client;

namespace Holdfast.Cli.Terminals;

/// <summary><c>holdfast term rm NAME</c>: ends a terminal that runs; deletes the record of one that has ended.</summary>
internal static class TermRmVerb
{
    public static Command Create()
    {
        var name = TermVerb.Name();
        var command = new Command("rm", "End a terminal that runs; its record stays. Of one that has ended, delete the record.") { name };
        command.SetAction(async (parse, cancellationToken) =>
        {
            var connected = await KeeperClient.ConnectAsync(Surroundings.Home, cancellationToken: cancellationToken);
            if (!connected.Ok) return Output.Fail(connected.Failure.Message);
            await using var keeper = connected.Value;
            var asked = parse.GetValue(name)!;
            if (keeper.FindTerminal(asked) is not null)
            {
                var ended = await keeper.EndTerminalAsync(asked, cancellationToken);
                if (!ended.Ok) return Output.Fail(ended.Failure.Message);
                Console.WriteLine($"{asked} has ended. '{Surroundings.Program} term show {asked}' prints its record, 'term rm {asked}' once more deletes it.");
                return 0;
            }

            var bytes = TerminalArchive.Find(Surroundings.Home, asked) is { } terminal ? JournalRetention.BytesOf(terminal.JournalFolder) : 0;
            var gone = await keeper.ForgetTerminalAsync(asked, cancellationToken);
            if (!gone.Ok) return Output.Fail(gone.Failure.Message);
            Console.WriteLine($"The record of {asked} ({ByteText.Of(bytes)}) is deleted.");
            return 0;
        });
        return command;
    }
}
