"""组织者驾驶舱: the whole contest at a glance, gathered from every app's `figures` and composed here.

figures    what every app counts, gathered once a page
funnel     from invited units to certificates
coming     the next dates with whom they concern
shares     by city, category, track and day: one table a share, drawn, told and exported from the same numbers
views      the page, the workbook, 催报, the check
"""
