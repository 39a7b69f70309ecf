using System.CommandLine;

namespace Holdfast.Cli;

/// <summary><c>holdfast version</c>: what <c>--version</c> shows.</summary>
internal static class VersionVerb
{
    public static Command Create(RootCommand root)
    {
        var command = new Command("version", "Show the version.");
        command.SetAction((_, cancellationToken) => root.Parse("--version").InvokeAsync(cancellationToken: cancellationToken));
        return command;
    }
}
