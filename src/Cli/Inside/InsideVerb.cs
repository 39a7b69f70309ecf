using System.CommandLine;
using Holdfast.Hub.Desktop;
using Holdfast.Hub.Inside;
using Holdfast.Hub.Loss;

namespace Holdfast.Cli.Inside;

/// <summary><c>holdfast inside</c>: what the hub has this program do within a machine. Not for people.</summary>
internal static class InsideVerb
{
    public static Command Create()
    {
        var lab = new Command("lab", "Put the machine right, run its hooks, and be its lab.");
        lab.SetAction((_, cancellationToken) => InsideLab.RunAsync(MeetingFolder, cancellationToken));
        var keep = new Command("keep", "Move paths to where they outlive a stop, or back: an order on stdin, an answer on stdout.");
        keep.SetAction(_ =>
        {
            using var input = Console.OpenStandardInput();
            using var output = Console.OpenStandardOutput();
            return InsideKeep.Run(input, output);
        });
        var job = new Command("job", "Say what a job of a notebook would be, and pack its files: an order on stdin, an answer on stdout.");
        job.SetAction((_, cancellationToken) => InsideJob.RunAsync(MeetingFolder, cancellationToken));
        var desktop = new Command("desktop", "Start or end the machine's desktop: an order on stdin, an answer on stdout.");
        desktop.SetAction(async (_, cancellationToken) =>
        {
            await using var input = Console.OpenStandardInput();
            await using var output = Console.OpenStandardOutput();
            return await InsideDesktop.RunAsync(MeetingFolder, input, output, cancellationToken);
        });
        var expected = new Argument<string>("FILE");
        var packages = new Command("packages", "Say in what this computer's packages differ from a list; nothing when they do not.") { expected };
        packages.SetAction(parse => InsidePackages.Run(parse.GetRequiredValue(expected)));
        var command = new Command("inside", "What a hub has this program do within a machine.") { lab, keep, job, desktop, packages };
        command.Hidden = true;
        return command;
    }

    private static string MeetingFolder => Environment.GetEnvironmentVariable(Meeting.Variable) ?? Meeting.Folder;
}
