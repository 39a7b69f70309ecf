using System.Diagnostics;

namespace Holdfast.Cli.Notebooks;

/// <summary>The git program.</summary>
internal static class GitCommand
{
    /// <summary>What a command said.</summary>
    public sealed record Answer(int ExitCode, byte[] Out)
    {
        /// <summary>Its only line; null when it failed or said nothing.</summary>
        public string? Line => ExitCode == 0 && Out.Length > 0 ? System.Text.Encoding.UTF8.GetString(Out).TrimEnd('\n') : null;

        /// <summary>Its parts that end with a zero byte, as <c>-z</c> gives names.</summary>
        public IEnumerable<string> Names => System.Text.Encoding.UTF8.GetString(Out).Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Runs a command of git in the current folder to its end.</summary>
    /// <param name="arguments">What follows <c>git</c>.</param>
    /// <param name="isQuiet">What it has to complain about is not shown.</param>
    /// <exception cref="IOException">There is no git.</exception>
    public static Answer Run(IEnumerable<string> arguments, bool isQuiet = false)
    {
        using var git = Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true, RedirectStandardError = isQuiet });
        if (isQuiet) git.BeginErrorReadLine();
        using var output = new MemoryStream();
        git.StandardOutput.BaseStream.CopyTo(output);
        git.WaitForExit();
        return new Answer(git.ExitCode, output.ToArray());
    }

    /// <exception cref="IOException">There is no git.</exception>
    public static Process Start(ProcessStartInfo git)
    {
        try
        {
            return Process.Start(git)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new IOException($"git cannot be started: {e.Message}", e);
        }
    }
}
