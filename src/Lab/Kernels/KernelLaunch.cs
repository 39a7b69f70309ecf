using System.Text.RegularExpressions;
using Holdfast.Keeper.Contract;
using Holdfast.Kernels;

namespace Holdfast.Lab.Kernels;

/// <summary>Where and with which variables a kernel starts.</summary>
internal static partial class KernelLaunch
{
    /// <summary>What the keeper is asked to start.</summary>
    /// <param name="spec">The kernel.</param>
    /// <param name="options">The lab's.</param>
    /// <param name="path">Path of the document or folder below the root, with <c>/</c>; null for the root.</param>
    /// <param name="documentName">The document's name; null or empty when it has none.</param>
    /// <param name="workingFolder">Where it runs; null for the document's folder.</param>
    public static KernelStart Create(KernelSpec spec, LabOptions options, string? path, string? documentName, string? workingFolder = null)
    {
        var folder = FolderOf(options.Root, path);
        return new KernelStart
        {
            SpecName = spec.Name,
            DisplayName = spec.DisplayName,
            Argv = Launcher.CommandLine(spec, "{connection_file}", Path.Combine(options.StateFolder, "launcher")),
            Environment = Environment(spec, options.Environment, path is null ? null : SessionName(folder, path, documentName)),
            WorkingFolder = workingFolder ?? folder,
            Root = options.Root,
            InterruptByMessage = spec.InterruptByMessage,
            // ipykernel speaks ipc; of others it is not known.
            Tcp = spec.Python is null,
        };
    }

    /// <summary>The folder of <paramref name="path"/>: itself, or the nearest above it that exists, never above <paramref name="root"/>.</summary>
    public static string FolderOf(string root, string? path)
    {
        if (string.IsNullOrEmpty(path) || path.Contains('\0', StringComparison.Ordinal))
            return root;
        root = Path.TrimEndingDirectorySeparator(root);
        var folder = Path.GetFullPath(Path.Join(root, path));
        while (folder.StartsWith(root + "/", StringComparison.Ordinal) || (root == "/" && folder.Length > 1))
        {
            if (Directory.Exists(folder))
                return Path.TrimEndingDirectorySeparator(folder);
            folder = Path.GetDirectoryName(folder) ?? root;
        }
        return root;
    }

    private static string SessionName(string folder, string path, string? documentName) =>
        string.IsNullOrEmpty(documentName) ? path : Path.Combine(folder, documentName);

    private static Dictionary<string, string> Environment(KernelSpec spec, IReadOnlyDictionary<string, string> inherited, string? sessionName)
    {
        var environment = new Dictionary<string, string>(inherited, StringComparer.Ordinal);
        foreach (var (name, value) in spec.Environment)
            environment[name] = Variable().Replace(value, match => inherited.GetValueOrDefault(match.Groups[1].Value, match.Value));
        if (sessionName is not null)
            environment["JPY_SESSION_NAME"] = sessionName;
        // It would make ipykernel end with that process; kernels outlive whoever started them.
        environment.Remove("JPY_PARENT_PID");
        return environment;
    }

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}
