using System.Globalization;
using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Microsoft.Extensions.Logging;

namespace Holdfast.Keeper.Terminals;

/// <summary>
/// How much of terminals' records stays. A terminal's record is nowhere else: only age lets go of one that has ended, and only size of the oldest of one
/// that prints without end.
/// </summary>
internal sealed class TerminalRetention(KeeperHome home, RetentionLimits limits, TimeProvider time, ILogger log)
{
    /// <summary>How much output a terminal may add before its size is looked at again.</summary>
    public const long LookEvery = 64 << 20;

    /// <summary>Deletes the records of terminals that ended longer ago than is kept.</summary>
    public void LetEndedGo()
    {
        foreach (var terminal in TerminalFolder.All(home).Where(terminal => time.GetUtcNow() - terminal.Ended > limits.KeepFor))
        {
            try
            {
                Directory.Delete(terminal.Folder, recursive: true);
                KeeperLog.TerminalLetGo(log, terminal.Name, limits.KeepFor.TotalDays);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                KeeperLog.TerminalNotShortened(log, terminal.Name, e.Message);
            }
        }
    }

    /// <summary>Lets the oldest of one terminal go, as far as it has more than is kept; its journal says so.</summary>
    public void LetExcessGo(TerminalRecord terminal)
    {
        var why = string.Create(CultureInfo.InvariantCulture, $"the terminal's record had more than {limits.KeepBytes:N0} bytes");
        var result = JournalRetention.Apply(terminal.JournalFolder, new JournalRetentionRule { UpTo = long.MaxValue, MaxBytes = limits.KeepBytes, Why = why }, time);
        if (result.Segments > 0) KeeperLog.TerminalShortened(log, terminal.Name, result.Bytes, why);
        if (result.Error is { } error) KeeperLog.TerminalNotShortened(log, terminal.Name, error);
    }
}
