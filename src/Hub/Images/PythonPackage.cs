using System.Security.Cryptography;

namespace Holdfast.Hub.Images;

/// <summary>Our Python package, as an image has it.</summary>
/// <param name="Files">Where each of its files lies on this host, by its path below the program's folder.</param>
/// <param name="Hash">Of their names and contents.</param>
internal sealed record PythonPackage(IReadOnlyDictionary<string, string> Files, string Hash)
{
    /// <summary>The package beside the program.</summary>
    public static PythonPackage Read(string programFolder)
    {
        var root = Path.Combine(programFolder, "python");
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(root, "*.py", SearchOption.AllDirectories)) files[Path.GetRelativePath(programFolder, path)] = path;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, path) in files)
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{name}\0"));
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(path)));
        }
        return new PythonPackage(files, Convert.ToHexStringLower(hash.GetCurrentHash()));
    }
}
