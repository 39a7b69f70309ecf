using System.Text.Json;
using Holdfast.Hub.Jobs;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Holdfast.Cli.Jobs;

/// <summary>Reads a job's file; docs/jobs.md lists what may stand there.</summary>
internal static class JobYaml
{
    private const int MostParts = 10_000;

    /// <summary>The job; else a fault that names file, line, field and the mend.</summary>
    public static (JobWish? Job, string? Problem) Read(string file)
    {
        try
        {
            using var text = File.OpenText(file);
            var documents = new YamlStream();
            documents.Load(text);
            return documents.Documents is [{ RootNode: YamlMappingNode job }]
                ? (Placed(Of(job), Path.GetDirectoryName(Path.GetFullPath(file))!), null)
                : (null, $"{file} is no job: one mapping of fields, as 'notebook: train.ipynb'.");
        }
        catch (YamlException fault)
        {
            return (null, $"{file} line {fault.Start.Line}: {fault.Message}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return (null, $"{file} cannot be read: {fault.Message}");
        }
    }

    /// <summary>Paths in a file are of its own folder.</summary>
    private static JobWish Placed(JobWish job, string folder) => job with
    {
        Folder = folder,
        Notebook = job.Notebook is { } notebook ? Path.Combine(folder, notebook) : null,
        Code = job.Code is { } code ? Path.Combine(folder, code) : null,
    };

    private static JobWish Of(YamlMappingNode node)
    {
        var job = new JobWish();
        foreach (var (name, place, value) in YamlFields.Of(node, "", "type", "name", "image", "machine", "notebook", "as", "command", "parameters", "pass_as", "env", "secrets", "resources", "output",
            "shards", "engine", "nodes", "partition", "environment", "priority", "after", "max_duration", "stop_grace", "retry", "sweep", "resume", "smoke", "code"))
        {
            job = name switch
            {
                "type" => YamlFields.Choice(value, place, "job") == "job" ? job : throw YamlFields.Fault(value, "type is job."),
                "name" => job with { Name = YamlFields.Text(value, place) },
                "image" => job with { Image = YamlFields.Text(value, place) },
                "machine" => job with { Machine = YamlFields.Text(value, place) },
                "notebook" => job with { Notebook = YamlFields.Text(value, place) },
                "as" => job with { As = YamlFields.Choice(value, place, "script", "notebook") },
                // One text is for a shell, as it is typed.
                "command" => job with { Command = value is YamlScalarNode ? ["sh", "-c", YamlFields.Text(value, place)] : YamlFields.Texts(value, place, "[python3, train.py]") },
                "parameters" => job with { Parameters = YamlFields.Own(value, place).ToDictionary(field => field.Name, field => JobValue.Of(field.Value, field.Place)) },
                "pass_as" => job with { PassAs = YamlFields.Choice(value, place, "arguments", "papermill", "none") },
                "env" => job with { Env = YamlFields.Own(value, place).ToDictionary(field => field.Name, field => YamlFields.Words(field.Value, field.Place)) },
                "secrets" => job with { Secrets = YamlFields.Texts(value, place, "[HF_TOKEN]") },
                "resources" => job with { Resources = Resources(value, place) },
                "output" => job with { Output = YamlFields.Text(value, place) },
                "shards" => job with { Shards = YamlFields.Whole(value, place, 1, MostParts) },
                "engine" => job with { Engine = YamlFields.Choice(value, place, "host", "podman", "slurm") },
                "nodes" => job with { Nodes = YamlFields.Whole(value, place, 1, MostParts) },
                "partition" => job with { Partition = YamlFields.Text(value, place) },
                "priority" => job with { Priority = YamlFields.Whole(value, place, 0, 100) },
                "after" => job with { After = YamlFields.Texts(value, place, "[prepare]") },
                "max_duration" => job with { MaxDuration = YamlFields.Span(value, place) },
                "stop_grace" => job with { StopGrace = YamlFields.Span(value, place) },
                "retry" => job with { Retry = Retry(value, place) },
                "sweep" => job with { Sweep = Sweep(value, place) },
                "environment" => job with { Environment = YamlFields.Choice(value, place, "any", "same") },
                "resume" => job with { Resume = YamlFields.Choice(value, place, "auto", "never") },
                "smoke" => job with { Smoke = YamlFields.Choice(value, place, "imports", "none") },
                _ => YamlFields.Text(value, place) is var code && code == "none" ? job with { NoCode = true } : job with { Code = code },
            };
        }
        return job;
    }

    private static JobResources Resources(YamlNode node, string path)
    {
        var resources = new JobResources();
        foreach (var (name, place, value) in YamlFields.Of(node, path, "type", "cpu", "memory", "gpu", "shm_size"))
        {
            resources = name switch
            {
                "type" => resources with { Type = YamlFields.Text(value, place) },
                "cpu" => resources with { Cpu = YamlFields.Number(value, place, 0.1) },
                "memory" => resources with { Memory = YamlFields.Size(value, place) },
                "gpu" => resources with { Gpu = YamlFields.Whole(value, place, 0, int.MaxValue) },
                _ => resources with { ShmSize = YamlFields.Size(value, place) },
            };
        }
        return resources;
    }

    private static JobRetry Retry(YamlNode node, string path)
    {
        var retry = new JobRetry();
        foreach (var (name, place, value) in YamlFields.Of(node, path, "on", "max_attempts", "exit_codes"))
        {
            retry = name switch
            {
                "on" => retry with { On = [.. Items(value, place, "[interruption, error]").Select((item, at) => YamlFields.Choice(item, $"{place}[{at}]", "interruption", "error"))] },
                "max_attempts" => retry with { MaxAttempts = YamlFields.Whole(value, place, 1, 100) },
                _ => retry with { ExitCodes = [.. Items(value, place, "[75]").Select((item, at) => YamlFields.Whole(item, $"{place}[{at}]", 1, 255))] },
            };
        }
        return retry;
    }

    private static JobSweep Sweep(YamlNode node, string path)
    {
        var sweep = new JobSweep { Parameters = new Dictionary<string, JsonElement>() };
        foreach (var (name, place, value) in YamlFields.Of(node, path, "method", "parameters", "trials", "seed", "max_parallel", "metric", "goal"))
        {
            sweep = name switch
            {
                "method" => sweep with { Method = YamlFields.Choice(value, place, "grid", "random") },
                "parameters" => sweep with { Parameters = YamlFields.Own(value, place).ToDictionary(field => field.Name, field => JobValue.Values(field.Value, field.Place)) },
                "trials" => sweep with { Trials = YamlFields.Whole(value, place, 1, MostParts) },
                "seed" => sweep with { Seed = YamlFields.Whole(value, place, 0, int.MaxValue) },
                "max_parallel" => sweep with { MaxParallel = YamlFields.Whole(value, place, 1, int.MaxValue) },
                "metric" => sweep with { Metric = YamlFields.Text(value, place) },
                _ => sweep with { Goal = YamlFields.Choice(value, place, "minimize", "maximize") },
            };
        }
        return sweep.Parameters.Count > 0 ? sweep : throw YamlFields.Fault(node, $"{path}.parameters is missing: what is tried, as {{lr: [0.1, 0.01]}}.");
    }

    private static YamlSequenceNode Items(YamlNode node, string field, string example) => node as YamlSequenceNode ?? throw YamlFields.Fault(node, $"{field} is a list, as {example}.");
}
