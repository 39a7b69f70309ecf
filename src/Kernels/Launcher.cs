using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Holdfast.Kernels;

/// <summary>Makes the command line and environment that a kernel is started with.</summary>
public static partial class Launcher
{
    /// <summary>
    /// Fills the placeholders of <paramref name="spec"/> and, for ipykernel, puts our launcher script in its place: the one that makes iopub
    /// wait instead of dropping and bounds ipykernel's stream buffer. The script is written below <paramref name="scriptFolder"/> when it is not there.
    /// </summary>
    /// <remarks>
    /// Only a Python that is started directly gets the script: what runs behind <c>ssh</c>, <c>docker run</c> or a shell may not see our files.
    /// </remarks>
    /// <exception cref="IOException">The script cannot be written.</exception>
    public static IReadOnlyList<string> CommandLine(KernelSpec spec, string connectionFile, string scriptFolder)
    {
        var command = spec.Argv.Select(argument => Fill(argument, spec, connectionFile)).ToList();
        var module = ModuleOption(command);
        if (module > 0) command[module] = WriteScript(scriptFolder);
        return command;
    }

    /// <summary>Where <c>-m</c> stands in front of ipykernel's module, 0 when this is not ipykernel under a Python of this machine.</summary>
    private static int ModuleOption(List<string> command)
    {
        var program = Path.GetFileName(command[0]);
        if (!program.StartsWith("python", StringComparison.Ordinal) && !program.StartsWith("pypy", StringComparison.Ordinal)) return 0;
        for (var i = 1; i + 1 < command.Count && command[i].StartsWith('-'); i++)
        {
            if (command[i] == "-m") return command[i + 1] is "ipykernel_launcher" or "ipykernel" ? i : 0;
            if (command[i] is "-X" or "-W") i++;
        }

        return 0;
    }

    private static string Fill(string argument, KernelSpec spec, string connectionFile) => Placeholder().Replace(argument, match => match.Value switch
    {
        "{connection_file}" => connectionFile,
        "{resource_dir}" => spec.ResourceFolder ?? "",
        "{prefix}" => Path.GetDirectoryName(Path.GetDirectoryName(spec.Python ?? "/usr/bin/python3")) ?? "/",
        var unknown => unknown,
    });

    [GeneratedRegex(@"\{[A-Za-z0-9_]+\}")]
    private static partial Regex Placeholder();

    /// <summary>Named by its content, so that two versions of Holdfast can share the folder.</summary>
    private static string WriteScript(string folder)
    {
        using var resource = typeof(Launcher).Assembly.GetManifestResourceStream("holdfast_ipykernel.py")!;
        var script = new byte[resource.Length];
        resource.ReadExactly(script);
        var path = Path.Combine(folder, $"ipykernel-{Convert.ToHexStringLower(SHA256.HashData(script).AsSpan(0, 6))}.py");
        if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(script))
        {
            Directory.CreateDirectory(folder);
            PrivateFile.Write(path, script);
        }

        return path;
    }
}
