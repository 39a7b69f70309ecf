namespace Holdfast.Keeper.Owned;

/// <summary>What a kernel's process writes past the protocol.</summary>
internal static class ConsoleText
{
    /// <summary>Parts of the lines that ipykernel and its debugger write at every start.</summary>
    private static readonly string[] AtEveryStart =
    [
        "Debugger warning: It seems that frozen modules are being used",
        "make the debugger miss breakpoints. Please pass -Xfrozen_modules=off",
        "to python to disable frozen modules.",
        "Note: Debugging will proceed. Set PYDEVD_DISABLE_FILE_VALIDATION=1",
        "NOTE: When using the `ipython kernel` entry point, Ctrl-C will not work.",
        "To exit, you will have to explicitly quit this process, by either sending",
        "\"quit\" from a client, or using Ctrl-\\ in UNIX-like environments.",
        "To read more about this, see https://github.com/ipython/ipython/issues/2049",
        "To connect another client to this kernel, use:",
        "    --existing ",
    ];

    /// <summary>The text without the lines that say nothing about this run, and without the empty lines behind those.</summary>
    public static string Telling(string text)
    {
        var kept = new List<string>();
        var skipped = true;
        foreach (var line in text.Split('\n'))
        {
            skipped = AtEveryStart.Any(each => line.Contains(each, StringComparison.Ordinal)) || skipped && string.IsNullOrWhiteSpace(line);
            if (!skipped) kept.Add(line);
        }

        return string.Join('\n', kept).Trim();
    }
}
