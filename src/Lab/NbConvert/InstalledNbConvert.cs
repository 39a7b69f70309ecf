using System.ComponentModel;
using System.Diagnostics;
using Holdfast.Notebooks;

namespace Holdfast.Lab.NbConvert;

/// <summary>
/// The nbconvert of the first Python on PATH that has one: it makes the formats that are not our own (PDF, slides, LaTeX and what is installed besides). Its
/// formats are read from its entry points, so that nothing is started before somebody exports. Safe for concurrent calls.
/// </summary>
internal sealed class InstalledNbConvert
{
    private const string Group = "[nbconvert.exporters]";
    private const int LongestComplaint = 4000;
    /// <summary>LaTeX and browsers are slow, and may wait for ever.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>nbconvert.exporters: what each says of itself. What is not here says it by the file that it makes.</summary>
    private static readonly Dictionary<string, string> MimeTypes = new(StringComparer.Ordinal)
    {
        ["asciidoc"] = "text/asciidoc",
        ["latex"] = "text/latex",
        ["pdf"] = "application/pdf",
        ["qtpdf"] = "application/pdf",
        ["qtpng"] = "image/png",
        ["rst"] = "text/restructuredtext",
        ["slides"] = "text/html",
        ["webpdf"] = "application/pdf",
    };

    private readonly LabOptions _options;
    private readonly Lazy<(string Python, IReadOnlyDictionary<string, string> Formats)?> _found;
    private readonly SemaphoreSlim _turn = new(1);

    public InstalledNbConvert(LabOptions options) => (_options, _found) = (options, new(Find));

    /// <summary>Names and mime types of the formats that it adds to ours; the type is empty where it is not known before.</summary>
    public IReadOnlyDictionary<string, string> Formats => _found.Value?.Formats ?? new Dictionary<string, string>();

    /// <summary>Converts a notebook; the answer is what it made, or why it did not.</summary>
    /// <param name="notebook">The notebook.</param>
    /// <param name="name">Its name without extension.</param>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<(ConvertedNotebook? Made, string? Failure)> ConvertAsync(NotebookDocument notebook, string name, string format, CancellationToken cancellationToken)
    {
        // One at a time: each takes a processor and a few hundred megabytes.
        await _turn.WaitAsync(cancellationToken);
        var folder = Directory.CreateTempSubdirectory("holdfast-nbconvert-").FullName;
        try
        {
            var source = Path.Combine(folder, name + ".ipynb");
            await File.WriteAllBytesAsync(source, notebook.Bytes, cancellationToken);
            var made = Path.Combine(folder, "made");
            return await RunAsync(["-m", "nbconvert", "--to", format, "--output-dir", made, "--", source], cancellationToken) is { } failure
                ? (null, failure)
                : (Gather(made, name, format), null);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            _turn.Release();
        }
    }

    private async Task<string?> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        var start = new ProcessStartInfo(_found.Value!.Value.Python, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _options.Root };
        start.Environment.Clear();
        foreach (var (variable, value) in _options.Environment)
            start.Environment[variable] = value;
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            try
            {
                var printed = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, limit.Token);
                var said = await process.StandardError.ReadToEndAsync(limit.Token);
                await printed;
                await process.WaitForExitAsync(limit.Token);
                // The reason is at the end, behind a traceback.
                return process.ExitCode == 0 ? null : $"nbconvert ended with exit code {process.ExitCode}. {said[Math.Max(0, said.Length - LongestComplaint)..].Trim()}";
            }
            finally
            {
                if (!process.HasExited)
                    process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception fault) when (fault is Win32Exception or IOException)
        {
            return $"nbconvert could not be started. {fault.Message}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"nbconvert was ended after {Limit.TotalMinutes:0} minutes.";
        }
    }

    /// <summary>The file that has the notebook's name is the result; all others belong to it.</summary>
    private static ConvertedNotebook? Gather(string folder, string name, string format)
    {
        var files = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList() : [];
        if ((files.FirstOrDefault(file => Path.GetFileName(file).StartsWith(name + ".", StringComparison.Ordinal)) ?? files.FirstOrDefault()) is not { } main)
            return null;
        return new ConvertedNotebook(Path.GetFileName(main)[Math.Min(name.Length, Path.GetFileName(main).Length)..], MimeTypes.GetValueOrDefault(format, "application/octet-stream"), File.ReadAllBytes(main))
        {
            Files = files.Where(file => file != main).ToDictionary(file => Path.GetRelativePath(folder, file), File.ReadAllBytes),
        };
    }

    private (string Python, IReadOnlyDictionary<string, string> Formats)? Find()
    {
        var ours = NotebookFormat.All.Select(format => format.Name).Append("python").Append("custom").ToHashSet(StringComparer.Ordinal);
        foreach (var bin in (_options.Environment.GetValueOrDefault("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!File.Exists(Path.Join(bin, "python3")) || Packages(Path.Join(bin, "..", "lib")).FirstOrDefault(folder => Directory.Exists(Path.Join(folder, "nbconvert"))) is not { } packages)
                continue;
            return (Path.Join(bin, "python3"), Directory.EnumerateDirectories(packages, "*-info")
                .SelectMany(Exporters)
                .Where(name => !ours.Contains(name))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .ToDictionary(name => name, name => MimeTypes.GetValueOrDefault(name, "")));
        }
        return null;
    }

    /// <summary>Where a Python keeps its packages: lib/python3.X/site-packages; Debian's are in lib/python3/dist-packages.</summary>
    private static IEnumerable<string> Packages(string lib) => Directory.Exists(lib)
        ? Directory.EnumerateDirectories(lib, "python3*").SelectMany(folder => (string[])[Path.Join(folder, "site-packages"), Path.Join(folder, "dist-packages")]).Where(Directory.Exists)
        : [];

    private static IEnumerable<string> Exporters(string package)
    {
        var file = Path.Join(package, "entry_points.txt");
        if (!File.Exists(file))
            return [];
        try
        {
            return [.. File.ReadLines(file).SkipWhile(line => line.Trim() != Group).Skip(1).TakeWhile(line => !line.StartsWith('['))
                .Where(line => line.Contains('=', StringComparison.Ordinal)).Select(line => line[..line.IndexOf('=', StringComparison.Ordinal)].Trim())];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
