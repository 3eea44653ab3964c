/**
 * Time lines written for people and for other tools.
 *
 * <table>
 *   <caption>Which form for whom</caption>
 *   <tr><th>class</th><th>form</th><th>for</th></tr>
 *   <tr><td>{@link io.github.erv.report.HtmlReport}</td><td>one self-contained HTML file</td>
 *       <td>people</td></tr>
 *   <tr><td>{@link io.github.erv.report.JsonLines}</td><td>JSON Lines, complete, reads back</td>
 *       <td>programs: the contract for other tools</td></tr>
 *   <tr><td>{@link io.github.erv.report.Csv}</td><td>tidy comma-separated values</td>
 *       <td>statistics and spreadsheets</td></tr>
 *   <tr><td>{@link io.github.erv.report.WebVtt}</td><td>WebVTT track</td>
 *       <td>video players</td></tr>
 * </table>
 *
 * <p>All text is UTF-8 with line feeds, independent of locale and platform; the same time line
 * gives the same bytes.
 */
@NullMarked
package io.github.erv.report;

import org.jspecify.annotations.NullMarked;
