using System.CommandLine;
using Holdfast.Hub.Inside;

namespace Holdfast.Cli.Inside;

/// <summary><c>holdfast inside</c>: what the hub has this program do within a machine. Not for people.</summary>
internal static class InsideVerb
{
    public static Command Create()
    {
        var start = new Command("start", "Put the machine right, run its hooks, and become its lab.");
        start.SetAction((_, cancellationToken) => InsideStart.RunAsync(MeetingFolder, cancellationToken));
        var lab = new Command("lab", "Be the machine's lab.");
        lab.SetAction((_, cancellationToken) => InsideLab.RunAsync(MeetingFolder, cancellationToken));
        var command = new Command("inside", "What a hub has this program do within a machine.") { start, lab };
        command.Hidden = true;
        return command;
    }

    private static string MeetingFolder => Environment.GetEnvironmentVariable(Meeting.Variable) ?? Meeting.Folder;
}
