using System.Diagnostics;

namespace Holdfast.Functional.Tests.Labs;

/// <summary>The published program that these tests run, and the repository it comes from.</summary>
internal static class Program
{
    public static string Repository { get; } = System.IO.Path.GetFullPath(System.IO.Path.Combine(AppContext.BaseDirectory, "../../../../.."));

    /// <summary>Skips the test when there is no program.</summary>
    public static string Path
    {
        get
        {
            var path = Environment.GetEnvironmentVariable("HOLDFAST_PROGRAM") ?? System.IO.Path.Combine(Repository, "out/holdfast");
            if (!File.Exists(path)) Assert.Skip($"{path} is not there: ./run --build-only makes it, or HOLDFAST_PROGRAM names another.");
            return path;
        }
    }

    /// <summary>The command without root's rights, for which nothing is unreadable; skips the test when it cannot give them up.</summary>
    public static ProcessStartInfo AsNobody(ProcessStartInfo command)
    {
        if (!Environment.IsPrivilegedProcess) return command;
        const string Setpriv = "/usr/bin/setpriv";
        if (!File.Exists(Setpriv)) Assert.Skip($"{Setpriv} is not there: apt-get install util-linux.");
        return Behind(command, Setpriv, "--reuid=65534", "--regid=65534", "--clear-groups");
    }

    /// <summary>The command run by another program, whose arguments come first.</summary>
    public static ProcessStartInfo Behind(ProcessStartInfo command, string program, params string[] arguments)
    {
        string[] all = [.. arguments, command.FileName, .. command.ArgumentList];
        command.FileName = program;
        command.ArgumentList.Clear();
        foreach (var argument in all) command.ArgumentList.Add(argument);
        return command;
    }
}
