using System.IO.Compression;
using System.Text;

namespace Holdfast.Hub.Tests.Points;

/// <summary>Wheels of a test's own, in a folder of the team's storage, for the real pip: no index is asked.</summary>
internal static class Wheels
{
    public const string Install = "python3 -m pip install --quiet --no-index --find-links /storage/wheels --disable-pip-version-check --root-user-action=ignore";

    /// <summary>Makes a wheel of one package (packaging.python.org/en/latest/specifications/binary-distribution-format).</summary>
    public static void Make(string storage, string name, string version, params (string Path, string Text)[] files)
    {
        var folder = Directory.CreateDirectory(Path.Combine(storage, "wheels")).FullName;
        using var wheel = ZipFile.Open(Path.Combine(folder, $"{name}-{version}-py3-none-any.whl"), ZipArchiveMode.Create);
        var info = $"{name}-{version}.dist-info";
        (string Path, string Text)[] all =
        [
            .. files,
            ($"{info}/METADATA", $"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"),
            ($"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: a-test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"),
        ];
        foreach (var (path, text) in all) Write(wheel, path, text);
        Write(wheel, $"{info}/RECORD", string.Concat(all.Select(file => $"{file.Path},,\n")) + $"{info}/RECORD,,\n");
    }

    private static void Write(ZipArchive wheel, string path, string text)
    {
        var entry = wheel.CreateEntry(path);
        // Of scripts, pip asks the archive whether they are programs.
        if (path.Contains("/scripts/", StringComparison.Ordinal)) entry.ExternalAttributes = 0b111_101_101 << 16 | 0x8000 << 16;
        using var stream = entry.Open();
        stream.Write(Encoding.UTF8.GetBytes(text));
    }
}
