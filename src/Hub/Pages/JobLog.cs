using System.Text.RegularExpressions;
using Holdfast.Hub.Inside;

namespace Holdfast.Hub.Pages;

/// <summary>The end of a job's log, as a terminal would have left it: without colours, of a line that was written over and over its last state.</summary>
internal static partial class JobLog
{
    public static string EndOf(string file) => Plain(LastWords.Of(file));

    internal static string Plain(string text) => string.Join('\n', Escape().Replace(text, "").Split('\n').Select(line =>
    {
        line = line.TrimEnd('\r');
        return line[(line.LastIndexOf('\r') + 1)..];
    })).Trim('\n');

    // Colours and movements (ECMA-48 CSI), titles (OSC).
    [GeneratedRegex(@"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)")]
    private static partial Regex Escape();
}
