namespace Holdfast.Cli.Notebooks;

/// <summary>A hook of git that calls us, and before that the hook that was there.</summary>
internal static class HooksScript
{
    private const string Mark = "# Written by 'holdfast nb install-hooks'; 'holdfast nb uninstall-hooks' puts back what was here.";
    private const string Kept = ".before-holdfast";

    /// <param name="path">The hook.</param>
    /// <param name="program">This program, as the shell reads it.</param>
    /// <param name="arguments">What it is told.</param>
    public static void Install(string path, string program, string arguments)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (Path.Exists(path) && !IsOurs(path)) File.Move(path, path + Kept);
        // A hook that is not executable git does not run either. Without the program people can go on committing.
        var script = $$"""
            #!/bin/sh
            {{Mark}}
            kept="$0{{Kept}}"
            if [ -x "$kept" ]; then "$kept" "$@" || exit; fi
            command -v {{program}} >/dev/null 2>&1 || {
              echo "holdfast is not where it was: notebooks are not looked after. 'holdfast nb install-hooks' mends it." >&2
              exit 0
            }
            exec {{program}} {{arguments}}

            """;
        FileReplacement.Write(path, System.Text.Encoding.UTF8.GetBytes(script));
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }

    /// <summary>Puts back what was there; false when the hook is not ours.</summary>
    public static bool Uninstall(string path)
    {
        if (!File.Exists(path) || !IsOurs(path)) return false;
        File.Delete(path);
        if (Path.Exists(path + Kept)) File.Move(path + Kept, path);
        return true;
    }

    private static bool IsOurs(string path) => File.Exists(path) && File.ReadLines(path).Take(2).Contains(Mark);
}
