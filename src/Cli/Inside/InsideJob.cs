using System.Text.Json;
using Holdfast.Cli.Jobs;
using Holdfast.Cli.Notebooks;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Inside;
using Holdfast.Notebooks.Exporting;

namespace Holdfast.Cli.Inside;

/// <summary><c>holdfast inside job</c>: what a job of a notebook of this machine would be, with the files packed. It is made as <c>holdfast job submit</c> makes it.</summary>
internal static class InsideJob
{
    public static async Task<int> RunAsync(string meeting, CancellationToken cancellationToken)
    {
        await using var input = Console.OpenStandardInput();
        var order = (await JsonSerializer.DeserializeAsync(input, NotebookJson.Default.NotebookOrder, cancellationToken))!;
        var offer = await OfAsync(order, meeting, cancellationToken);
        await using var output = Console.OpenStandardOutput();
        await JsonSerializer.SerializeAsync(output, offer, NotebookJson.Default.NotebookOffer, cancellationToken);
        return offer.Problem is null ? 0 : 1;
    }

    private static async Task<NotebookOffer> OfAsync(NotebookOrder order, string meeting, CancellationToken cancellationToken)
    {
        var here = Meeting.ReadOrders(meeting);
        var path = Path.GetFullPath(Path.Combine(here.Root, order.Notebook));
        if (!File.Exists(path)) return new NotebookOffer { Problem = $"There is no notebook {order.Notebook} in this machine; mend: save it first." };
        if (!NotebookFile.TryParse(path, out var notebook, out var error)) return new NotebookOffer { Problem = error };
        var offer = new NotebookOffer
        {
            Parameters = [.. NotebookParameters.Of(notebook).Select(parameter => new OfferedParameter(parameter.Name, parameter.Type, parameter.Default, parameter.Help))],
            IsScript = NotebookScript.Of(notebook, withOptions: false).IsPython,
        };
        using var submission = new JobSubmission(new JobWish
        {
            Notebook = path,
            As = order.As ?? (offer.IsScript ? null : "notebook"),
            Parameters = order.Parameters.ToDictionary(parameter => parameter.Key, parameter => JobValue.Of(parameter.Value)),
        });
        if (await submission.PrepareAsync(cancellationToken) is { } problem) return offer with { Problem = problem };
        offer = offer with
        {
            Folder = submission.Folder?.Root,
            Files = submission.Files.Count,
            Bytes = submission.Files.Sum(file => file.Length),
            Spec = JsonSerializer.SerializeToElement(submission.Spec, HubJson.Default.JobSpec),
        };
        if (order.Archive is { } archive) await submission.WriteArchiveAsync(Path.Combine(here.State, archive), cancellationToken);
        return offer;
    }
}
